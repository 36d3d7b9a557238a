"""The rules of turn-taking, made from settings and from what the providers do."""

from __future__ import annotations

from voicebot import AudioFormat, Options, Settings, TurnDetector, TurnSoFar
from voicebot.engine.rules_from_settings import turn_rules
from voicebot.testing import ScriptedChatModel


class Clerk(ScriptedChatModel):
    """Books something with each reply."""

    acts = True


class Listener(TurnDetector[Options]):
    """Takes sound."""

    input_format = AudioFormat(16_000)

    async def wait(self, turn: TurnSoFar) -> float:
        return 0.8


def test_replies_are_prepared_unless_the_chat_model_acts() -> None:
    assert turn_rules(Settings(), ScriptedChatModel(), None).prepare == "pause"
    assert turn_rules(Settings(), Clerk(), None).prepare == "off"


def test_a_turn_detector_that_takes_sound_listens() -> None:
    assert turn_rules(Settings(), ScriptedChatModel(), Listener(Options())).listens
    assert not turn_rules(Settings(), ScriptedChatModel(), None).listens
