"""When the bot hangs up, and what it says before."""

from __future__ import annotations

from voicebot.engine.turns.actions import HangUp, Prompt
from voicebot.engine.turns.goodbye import Goodbye


def test_nothing_takes_back_what_the_program_has_ended() -> None:
    goodbye = Goodbye(["goodbye"], "", "Bot")
    goodbye.ended_by_program("Time is up.")
    goodbye.ended_by_tool()
    assert not goodbye.user_turn_ended("wait a moment", 1)
    goodbye.cancel()
    assert goodbye.decide(is_idle=False) == []
    assert goodbye.decide(is_idle=True) == [Prompt("Time is up.")]
    assert goodbye.decide(is_idle=True) == [HangUp()]
    assert goodbye.reason == "program"
