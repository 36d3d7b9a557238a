"""Filters of plugins between the chat model and what is spoken: one that fails is reported, not the model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from typing import Any

import pytest

from voicebot import (
    ChatEvent,
    ChatModel,
    ChatRequest,
    Options,
    ProviderError,
    ProviderFailed,
    ReplyEnded,
    ReplyWithdrawn,
    Settings,
    TextDelta,
    UnitSpoken,
)
from voicebot.config.schema import ReplyOptions, TurnOptions
from voicebot.testing import (
    Pause,
    ScriptedChatModel,
    ScriptedSynthesizer,
    ScriptedUser,
    converse,
    simulated,
)

SAFE_LINE = "Something broke."
SETTINGS = Settings(on_error=SAFE_LINE, turns=TurnOptions(prepare="off"))
PREPARING = Settings(on_error=SAFE_LINE)


def of_kind(user: ScriptedUser, kind: type[Any]) -> list[Any]:
    return [event for event in user.events if isinstance(event, kind)]


def said(user: ScriptedUser) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in user.conversation.history.messages]


async def shout(texts: AsyncIterator[str]) -> AsyncGenerator[str, None]:
    async for text in texts:
        yield text.upper()


async def whole(texts: AsyncIterator[str]) -> AsyncGenerator[str, None]:
    """Hold everything back until the model has finished."""
    yield "".join([text async for text in texts])


def always(filter: Any) -> Callable[[Settings], Any]:
    return lambda settings: filter


@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize("settings", [SETTINGS, PREPARING], ids=["not prepared", "prepared"])
@pytest.mark.parametrize("filter", [shout, whole], ids=["streaming", "holding back"])
def test_a_reply_filter_decides_what_is_spoken_and_what_history_keeps(
    streams: bool, settings: Settings, filter: Any
) -> None:
    @simulated
    async def run() -> None:
        synthesizer = ScriptedSynthesizer(streams=streams)
        chat = ScriptedChatModel(["Hello there. How are you?"])
        async with converse(
            chat=chat,
            synthesizer=synthesizer,
            settings=settings,
            reply_filters=[always(filter), always(shout)],
        ) as user:
            await user.says("hi")
            turn = await user.is_answered()
        assert turn.heard == "HELLO THERE. HOW ARE YOU?"
        assert said(user)[-1] == ("assistant", "HELLO THERE. HOW ARE YOU?")
        assert all(event.text.isupper() for event in of_kind(user, UnitSpoken))
        assert all(text.isupper() for text in (*synthesizer.utterances[1:], *synthesizer.streamed))
        assert of_kind(user, ProviderFailed) == []

    run()


@simulated
async def test_a_filter_streams_so_that_the_first_words_are_spoken_while_the_model_writes() -> None:
    chat = ScriptedChatModel([["Once there was a parrot. ", Pause(8), "It flew away."]])
    async with converse(chat=chat, settings=SETTINGS, reply_filters=[always(shout)]) as user:
        await user.says("hi")
        await user.is_answered()
    first, last = of_kind(user, UnitSpoken)[0], of_kind(user, UnitSpoken)[-1]
    assert first.text.startswith("ONCE")
    assert last.at - first.at > 4


@simulated
async def test_a_filter_reads_replies_that_are_prepared_and_discarded_too() -> None:
    begun: list[str] = []
    ended: list[str] = []

    async def log(texts: AsyncIterator[str]) -> AsyncGenerator[str, None]:
        begun.append("reply")
        try:
            async for text in texts:
                yield text
        finally:
            ended.append("reply")

    chat = ScriptedChatModel(["An answer that takes a while to write. And another sentence of it."])
    async with converse(chat=chat, settings=PREPARING, reply_filters=[always(log)]) as user:
        await user.says("I would like to know")
        await user.waits(0.7)
        await user.says("how old you are")
        turn = await user.is_answered()
    withdrawn = len(of_kind(user, ReplyWithdrawn))
    assert withdrawn >= 1
    assert len(begun) == len(ended) == withdrawn + 1
    assert turn.heard == "An answer that takes a while to write. And another sentence of it."


@simulated
async def test_an_interrupted_reply_closes_its_filter_and_history_keeps_what_was_heard_of_it() -> None:
    closed = []

    async def watched(texts: AsyncIterator[str]) -> AsyncGenerator[str, None]:
        try:
            async for text in texts:
                yield text.upper()
        finally:
            closed.append(True)

    chat = ScriptedChatModel([["one two three four five six. ", Pause(100), "seven"], "Sorry."])
    async with converse(chat=chat, settings=SETTINGS, reply_filters=[always(watched)]) as user:
        await user.says("count")
        await user.waits(3)
        await user.says("stop that now please")
        await user.is_answered()
        await user.is_answered()
    assert said(user)[1][1].startswith("ONE TWO")
    assert closed == [True, True]


@pytest.mark.parametrize("settings", [SETTINGS, PREPARING], ids=["not prepared", "prepared"])
def test_a_reply_filter_that_fails_ends_the_reply_and_the_safe_line_follows(settings: Settings) -> None:
    async def broken(texts: AsyncIterator[str]) -> AsyncGenerator[str, None]:
        async for text in texts:
            if "away" in text:
                raise ValueError("https://secret")
            yield text

    @simulated
    async def run() -> None:
        chat = ScriptedChatModel(["There was a parrot. It flew away."])
        async with converse(
            chat=chat, settings=settings, reply_filters=[always(broken), always(shout)]
        ) as user:
            await user.says("hi")
            turn = await user.is_answered()
        assert turn.heard.startswith("THERE WAS A PARROT.")
        assert turn.heard.endswith(SAFE_LINE)
        assert {(event.kind, event.message) for event in of_kind(user, ProviderFailed)} == {
            ("filter", "the reply filter of '<lambda>' failed: it broke: ValueError (-v shows where)")
        }

    run()


def no_generator(texts: AsyncIterator[str]) -> Any:
    raise RuntimeError("no")


def no_iterator(texts: AsyncIterator[str]) -> Any:
    return "text"


async def no_text(texts: AsyncIterator[str]) -> AsyncGenerator[Any, None]:
    yield 7


async def hangs(texts: AsyncIterator[str]) -> AsyncGenerator[str, None]:
    async for text in texts:
        await asyncio.get_running_loop().create_future()
        yield text


async def hangs_at_the_end(texts: AsyncIterator[str]) -> AsyncGenerator[str, None]:
    async for _ in texts:
        pass
    await asyncio.get_running_loop().create_future()
    yield ""


@pytest.mark.parametrize(
    ("filter", "reason"),
    [
        (no_generator, "it broke: RuntimeError"),
        (no_iterator, "it broke: TypeError"),
        (no_text, "it gave int instead of text"),
        (hangs, "the reply filters gave nothing for 15 s (`reply.chat_timeout`)"),
        (hangs_at_the_end, "the reply filters gave nothing for 15 s (`reply.chat_timeout`)"),
    ],
)
def test_whatever_is_wrong_with_a_filter_the_filter_is_reported(filter: Any, reason: str) -> None:
    @simulated
    async def run() -> None:
        async with converse(settings=SETTINGS, reply_filters=[always(filter)]) as user:
            await user.says("hi")
            turn = await user.is_answered()
        assert turn.heard == SAFE_LINE
        (failed,) = of_kind(user, ProviderFailed)
        assert failed.kind == "filter"
        assert reason in failed.message

    run()


async def ignores_the_error(texts: AsyncIterator[str]) -> AsyncGenerator[str, None]:
    try:
        async for text in texts:
            yield text
    except Exception:
        yield " Well."


@pytest.mark.parametrize("filter", [shout, ignores_the_error])
@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (["Hello. ", ProviderError("no tokens left")], "no tokens left"),
        (
            ["Hello. ", Pause(float("inf"))],
            "the chat model wrote nothing for 5 s; raise `reply.chat_timeout` if it needs longer",
        ),
        ([], "the chat model replied with nothing"),
    ],
)
def test_a_chat_model_that_fails_behind_a_filter_is_reported_itself(
    script: Sequence[Any], reason: str, filter: Any
) -> None:
    @simulated
    async def run() -> None:
        settings = SETTINGS.model_copy(update={"reply": ReplyOptions(chat_timeout=5)})
        chat = ScriptedChatModel([script])
        async with converse(chat=chat, settings=settings, reply_filters=[always(filter)]) as user:
            await user.says("hi")
            turn = await user.is_answered()
        assert turn.heard.endswith(SAFE_LINE)
        assert [(e.kind, e.message) for e in of_kind(user, ProviderFailed)] == [("chat", reason)]

    run()


class RetractingChatModel(ChatModel[Options]):
    """Writes, then retracts so many characters."""

    def __init__(self, pieces: Sequence[str], withdrawn: int) -> None:
        super().__init__(Options())
        self._pieces, self._withdrawn = pieces, withdrawn

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        for piece in self._pieces:
            yield TextDelta(piece)
        yield ReplyEnded("filtered", withdrawn=self._withdrawn)


async def delayed(texts: AsyncIterator[str]) -> AsyncGenerator[str, None]:
    """Yield each piece, made longer, once the next one has come."""
    before = ""
    async for text in texts:
        if before:
            yield before.replace("parrot", "big old bird")
        before = text
    yield before


@simulated
async def test_retracted_text_is_not_spoken_even_if_a_filter_made_it_longer() -> None:
    chat = RetractingChatModel(
        ["There was a parrot. ", "It said bad things. ", "And more. "], len("It said bad things. And more. ")
    )
    async with converse(chat=chat, settings=SETTINGS, reply_filters=[always(delayed)]) as user:
        await user.says("hi")
        turn = await user.is_answered()
    assert "bad things" not in turn.heard
    assert not any("bad" in event.text or "more" in event.text for event in of_kind(user, UnitSpoken))


@simulated
async def test_text_that_was_not_retracted_is_spoken_if_the_filter_passes_pieces_on_at_once() -> None:
    chat = RetractingChatModel(["There was a parrot. ", "It said bad things. "], len("It said bad things. "))
    async with converse(chat=chat, settings=SETTINGS, reply_filters=[always(shout)]) as user:
        await user.says("hi")
        turn = await user.is_answered()
    assert turn.heard == "THERE WAS A PARROT."


@simulated
async def test_a_filter_may_silence_a_reply() -> None:
    async def silent(texts: AsyncIterator[str]) -> AsyncGenerator[str, None]:
        async for _ in texts:
            pass
        return
        yield

    async with converse(settings=SETTINGS, reply_filters=[always(silent)]) as user:
        await user.says("hi")
        turn = await user.is_answered()
    assert turn.heard == ""
    assert of_kind(user, ProviderFailed) == []


@simulated
async def test_lines_of_the_bots_own_are_not_filtered() -> None:
    settings = SETTINGS.model_copy(update={"greeting": "Welcome."})
    async with converse(settings=settings, reply_filters=[always(shout)]) as user:
        turn = await user.is_answered()
    assert turn.heard == "Welcome."
