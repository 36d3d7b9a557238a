"""What a bot that hears itself advises, and when."""

from __future__ import annotations

import pytest

from voicebot.engine.hearing.echo.advice import EchoAdvice


@pytest.mark.parametrize(
    ("heard", "advised"),
    [
        ([""], True),  # by its sound: only the bot has its voice
        (["a lost hat"], False),  # a user may have said it with the bot
        (["a lost hat", "the long story"], True),
        (["welcome to the long and winding story of"], True),
    ],
)
def test_an_echo_advised_of_when_it_is_certain_to_be_one(heard, advised):
    advice = EchoAdvice("none")
    given = [advice.on_echo(text) for text in [*heard, *([""] if advised else [])]]
    assert sum(map(bool, given)) == advised


@pytest.mark.parametrize(
    ("mode", "advice"), [("none", "echo: cancel"), ("cancel", "echo: mute"), ("mute", "headphones")]
)
def test_what_is_advised_has_not_been_done_yet(mode, advice):
    assert advice in EchoAdvice(mode).on_echo("")
