"""The advice when a bot hears itself, and when it is given."""

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
def test_advice_is_given_once_when_an_echo_is_certain(heard, advised):
    advice = EchoAdvice("none")
    given = [advice.on_echo(text) for text in [*heard, *([""] if advised else [])]]
    assert sum(map(bool, given)) == advised


@pytest.mark.parametrize(
    ("mode", "advice"), [("none", "echo: cancel"), ("cancel", "echo: mute"), ("mute", "headphones")]
)
def test_the_advice_is_not_what_the_config_already_does(mode, advice):
    assert advice in EchoAdvice(mode).on_echo("")
