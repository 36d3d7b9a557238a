"""Filters change transcripts and replies; the rest of the engine never sees the original."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any

import pytest
from tests.typewriter import Typewriter, Typist

from voicebot import (
    BotTurnEnded,
    Conversation,
    ProviderFailed,
    Settings,
    UserFinal,
    UserPartial,
    UserTurnEnded,
)
from voicebot.config.schema import TurnOptions
from voicebot.engine.bot import Bot
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedUser,
    converse,
    simulated,
)

SAFE_LINE = "Something broke."
SETTINGS = Settings(on_error=SAFE_LINE, turns=TurnOptions(prepare="off"))


def of_kind(user: ScriptedUser, kind: type[Any]) -> list[Any]:
    return [event for event in user.events if isinstance(event, kind)]


def said(user: ScriptedUser) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in user.conversation.history.messages]


def without_digits(settings: Settings) -> Callable[[str], str]:
    return lambda text: re.sub(r"\d", "#", text)


async def shout(texts: AsyncIterator[str]) -> AsyncGenerator[str, None]:
    async for text in texts:
        yield text.upper()


def always(filter: Any) -> Callable[[Settings], Any]:
    return lambda settings: filter


@simulated
async def test_a_transcript_filter_comes_before_everything_else() -> None:
    chat = ScriptedChatModel()
    async with converse(chat=chat, settings=SETTINGS, transcript_filters=[without_digits]) as user:
        await user.says("my number is 4 7 1 1 please")
        await user.is_answered()

    seen = [event.text for event in of_kind(user, UserPartial | UserFinal | UserTurnEnded)]
    assert seen[-1] == "my number is # # # # please"
    assert not any(re.search(r"\d", text) for text in seen)
    assert said(user)[0] == ("user", "my number is # # # # please")
    assert [m.content for m in chat.requests[0].messages] == ["my number is # # # # please"]


@simulated
async def test_filters_are_applied_one_after_the_other() -> None:
    makers = [always(lambda text: f"{text} a"), always(None), always(lambda text: f"{text} b")]
    async with converse(settings=SETTINGS, transcript_filters=makers) as user:
        await user.says("hello")
        await user.is_answered()
    assert of_kind(user, UserTurnEnded)[0].text == "hello a b"


@simulated
async def test_each_conversation_has_its_own_filter_which_keeps_its_state() -> None:
    def counting(settings: Settings) -> Callable[[AsyncIterator[str]], AsyncIterator[str]]:
        replies = 0

        async def number(texts: AsyncIterator[str]) -> AsyncGenerator[str, None]:
            nonlocal replies
            replies += 1
            yield f"{replies}: "
            async for text in texts:
                yield text

        return number

    heard = []
    for _ in range(2):
        async with converse(settings=SETTINGS, reply_filters=[counting]) as user:
            for _ in range(2):
                await user.says("hello")
                heard.append((await user.is_answered()).heard)
    assert heard == ["1: All right.", "2: All right."] * 2


@simulated
async def test_if_a_transcript_filter_fails_the_words_are_unchanged_and_it_is_reported_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(text: str) -> str:
        raise KeyError(text)

    makers = [always(broken), always(str.upper), always(lambda text: None)]
    async with converse(settings=SETTINGS, transcript_filters=makers) as user:
        for _ in range(2):
            await user.says("hello my friend")
            await user.is_answered()

    assert [event.text for event in of_kind(user, UserTurnEnded)] == ["HELLO MY FRIEND"] * 2
    failed = of_kind(user, ProviderFailed)
    assert [event.kind for event in failed] == ["filter", "filter"]
    assert failed[0].message == (
        "the transcript filter of '<lambda>' failed; the words are used unchanged: "
        "it broke: KeyError (-v shows where)"
    )
    assert "returned NoneType instead of words" in failed[1].message
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        event.message for event in failed
    ]


@simulated
async def test_a_hook_that_fails_to_create_a_filter_is_skipped(caplog: pytest.LogCaptureFixture) -> None:
    def broken(settings: Settings) -> Any:
        raise ValueError("no")

    async with converse(settings=SETTINGS, transcript_filters=[broken, always("no function")]) as user:
        await user.says("hello")
        await user.is_answered()
    assert of_kind(user, UserTurnEnded)[0].text == "hello"
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "the filter of 'broken' is left out of this conversation: it broke: ValueError (-v shows where)",
        "the filter of '<lambda>' is left out of this conversation: it returned str, which is not a function",
    ]


@simulated
async def test_words_that_are_filtered_away_get_no_answer() -> None:
    chat = ScriptedChatModel()
    async with converse(
        chat=chat,
        settings=SETTINGS,
        transcript_filters=[always(lambda text: text.replace("beep", "").strip())],
    ) as user:
        await user.says("beep beep")
        await user.waits(5)
        await user.says("beep hello")
        await user.is_answered()
    assert [event.text for event in of_kind(user, UserTurnEnded)] == ["hello"]
    assert len(chat.requests) == 1


@simulated
async def test_filters_work_with_typed_lines() -> None:
    bot = Bot(
        recognizer=ScriptedRecognizer(),
        chat=ScriptedChatModel(["Calling. Please wait."]),
        synthesizer=ScriptedSynthesizer(),
        device=Typewriter(Typist("", "call 4711", every=0.0)),
        transcript_filters=[without_digits],
        reply_filters=[always(shout)],
    )
    async with bot, bot.device.open() as stream:
        conversation = Conversation(bot, stream)
        events = conversation.events()
        await conversation.run()
    assert [m.content for m in conversation.history.messages] == ["call ####", "CALLING. PLEASE WAIT."]
    assert [e.heard async for e in events if isinstance(e, BotTurnEnded)] == ["CALLING. PLEASE WAIT."]
