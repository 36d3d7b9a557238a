"""What observers receive has been through the redaction of plugins, which fails closed."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import pytest

from voicebot import (
    KeyPressed,
    ProviderAnswered,
    ProviderClosed,
    ProviderFailed,
    SecretStr,
    Settings,
    TextDelta,
    UserTurnEnded,
)
from voicebot.engine.redaction import RedactedEvents, Redaction
from voicebot.events import ToolEnded, ToolStarted
from voicebot.testing import ScriptedChatModel, converse, simulated

from .test_details import Listener

SECRET = re.compile(r"anne bonny|\d{4,}", re.IGNORECASE)


def redacts(settings: Settings) -> Any:
    return lambda text: SECRET.sub("[x]", text)


def redaction(*makers: Any) -> Redaction:
    return Redaction(makers or (redacts,), Settings())


@simulated
async def test_observers_do_not_get_what_is_removed_and_the_conversation_does() -> None:
    listener = Listener()
    chat = ScriptedChatModel(
        [[*"Welcome, Anne Bonny. Your number is 123456, and the rest is what you know."]]
    )
    async with converse(chat=chat, observers=[listener], redactors=[redacts]) as user:
        await user.says("i am anne bonny of 4711")
        await user.is_answered()

    seen = repr(listener.events)
    assert not any(secret in seen.lower() for secret in ("bonny", "4711", "123456"))
    assert "[x]" in seen
    assert any(isinstance(each, UserTurnEnded) and "anne bonny" in each.text for each in user.events)
    assert "Anne Bonny" in repr(user.conversation.history.messages)


@simulated
async def test_text_in_pieces_is_passed_on_whole_with_its_times() -> None:
    events = RedactedEvents(redaction())
    pieces = [
        "The ship of An",
        "ne Bo",
        "nny lies at pier 12",
        "34",
        ". ",
        "She waits for wind. " * 10,
        "End",
    ]

    got = [out for n, text in enumerate(pieces) for out in events.feed(said(n, text))]
    assert got, "a long text is not held back as a whole"
    got += events.feed(ProviderClosed(9.0, "chat", 1))

    texts = "".join(each.answer.text for each in got[:-1])  # type: ignore[union-attr]
    assert texts == SECRET.sub("[x]", "".join(pieces))
    assert [each.at for each in got] == sorted(each.at for each in got)
    assert got[0].at == 0.0


def said(at: float, text: str) -> ProviderAnswered:
    return ProviderAnswered(float(at), "chat", 1, TextDelta(text))


@simulated
async def test_arguments_stay_json() -> None:
    written = json.dumps(
        {"who": "Anne Bonny", "number": 123456, "when": [5, True, None], "in": '{"a": 9999}'}
    )
    events = RedactedEvents(redaction())
    (event,) = events.feed(ToolStarted(1.0, "1", "call", written))

    assert isinstance(event, ToolStarted)
    document = json.loads(event.arguments)
    assert document == {"who": "[x]", "number": "[x]", "when": [5, True, None], "in": '{"a": "[x]"}'}
    untouched = ToolEnded(1.0, "1", "call", "done", '{ "a":1 }')
    assert events.feed(untouched) == [untouched]


def test_keys_of_a_telephone_are_not_passed_on() -> None:
    assert RedactedEvents(redaction()).feed(KeyPressed(1.0, "7")) == [KeyPressed(1.0, "?")]


def broken(text: str) -> str:
    raise ValueError("no")


@pytest.mark.parametrize(
    "maker", [lambda settings: broken, lambda settings: broken(""), lambda settings: lambda text: None]
)
@simulated
async def test_a_filter_that_breaks_leaves_nothing_of_a_text(
    maker: Any, caplog: pytest.LogCaptureFixture
) -> None:
    redact = redaction(maker)
    with caplog.at_level(logging.WARNING):
        assert [redact("my name is Anne"), redact("and mine is not")] == ["[removed]", "[removed]"]
    assert len(caplog.records) == 1


KEY = "sk-planted-SECRET-123456789abc"


def removes_a_part(settings: Settings) -> Any:
    return lambda text: re.sub(r"SECRET|\d{4,}", "[x]", text)


@pytest.mark.parametrize("makers", [(), (removes_a_part,)])
@pytest.mark.parametrize("size", [1, 3, 7, 1000])
@simulated
async def test_nothing_of_a_key_is_left_where_a_filter_would_change_a_part_of_it(
    makers: tuple[Any, ...], size: int
) -> None:
    events = RedactedEvents(Redaction(makers, Settings(), [SecretStr(KEY)]))
    text = f"The key is {KEY} ok. sk-planted is none, and {KEY}"

    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    got = [out for n, piece in enumerate(pieces) for out in events.feed(said(n, piece))]
    got += events.feed(ProviderClosed(999.0, "chat", 1))

    texts = "".join(each.answer.text for each in got[:-1])  # type: ignore[union-attr]
    assert texts == "The key is *** ok. sk-planted is none, and ***"
    failed = ProviderFailed(1.0, "chat", f"refused: {KEY}")
    assert events.feed(failed) == [ProviderFailed(1.0, "chat", "refused: ***")]


@simulated
async def test_text_without_the_beginning_of_a_key_is_passed_on_at_once() -> None:
    events = RedactedEvents(Redaction((), Settings(), [SecretStr(KEY)]))
    assert events.feed(said(0, "The key is ")) == [said(0, "The key is ")]
    assert events.feed(said(1, "sk-pl")) == []
    assert events.feed(said(2, "ease. ")) == [said(1, "sk-pl"), said(2, "ease. ")]
    assert events.feed(KeyPressed(3.0, "7")) == [KeyPressed(3.0, "7")]


@simulated
async def test_the_key_of_a_changed_config_is_hidden_as_well_as_that_before() -> None:
    redact = Redaction((), Settings(), [SecretStr(KEY)])
    redact.use((), Settings(), [SecretStr("other-secret")])
    assert redact(f"{KEY}, other-secret") == "***, ***"
