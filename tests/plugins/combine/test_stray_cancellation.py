"""A stray cancellation from a provider's library is a failure like any other; a requested one is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from voicebot import ChatEvent, ChatModel, ChatRequest, Hints, Notice, ProviderError, Recognition, TextDelta
from voicebot.testing import Pause, ScriptedRecognizer, simulated
from voicebot_combine.cache.synthesizer import CacheOptions, CacheSynthesizer
from voicebot_combine.fallback.chat_and_voice import FallbackChatModel, FallbackChatOptions
from voicebot_combine.fallback.recognizer import FallbackRecognizer, FallbackRecognizerOptions
from voicebot_combine.hedge.providers import HedgeChatModel, HedgeChatOptions
from voicebot_combine.retry import RetryChatModel, RetryChatOptions

from .conftest import Chat, CountingMixin, Voice, ask, choice, say

LEAK: Any = asyncio.CancelledError()


class Leaky(Chat):
    """Raises a stray cancellation where its script says `leak`."""

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                if event == TextDelta("leak"):
                    raise LEAK
                yield event


def fallback(first: Chat, second: Chat) -> ChatModel[Any]:
    return FallbackChatModel(FallbackChatOptions(of=(choice(first, "a"), choice(second, "b"))))


def hedge(first: Chat, second: Chat) -> ChatModel[Any]:
    return HedgeChatModel(HedgeChatOptions(of=choice(first, "a"), second=choice(second, "b")))


@pytest.mark.parametrize("around", [fallback, hedge])
def test_after_a_stray_cancellation_the_other_provider_answers(around: Any) -> None:
    @simulated
    async def test() -> None:
        answer = await ask(around(Leaky(["leak"]), Chat(["Two."])))
        assert (answer.text, answer.error) == ("Two.", None)

    test()


@pytest.mark.parametrize("around", [fallback, hedge])
def test_stray_cancellations_of_all_providers_are_failures(around: Any) -> None:
    @simulated
    async def test() -> None:
        answer = await ask(around(Leaky(["leak"]), Leaky(["leak"])))
        assert str(answer.error) == (
            "a failed (something in it was cancelled); b failed (something in it was cancelled)"
        )

    test()


@simulated
async def test_after_a_stray_cancellation_the_provider_is_asked_again() -> None:
    chat = Leaky(["leak", "Two."])
    answer = await ask(RetryChatModel(RetryChatOptions(of=choice(chat, "a"))))
    assert (answer.text, len(chat.requests)) == ("Two.", 2)


@simulated
async def test_a_stray_cancellation_in_mid_answer_ends_the_answer_and_moves_the_conversation() -> None:
    model = fallback(Leaky([["One and", "leak"], "Never."]), Chat(["Two."]))
    first, second = await ask(model), await ask(model)
    assert (first.text, str(first.error)) == ("One and", "something in it was cancelled")
    assert (second.text, second.error) == ("Two.", None)


def test_a_sentence_with_a_stray_cancellation_fails_and_is_not_cached(tmp_path: Any) -> None:
    async def test() -> None:
        voice = Voice(LEAK, first_byte=0.0)
        cache = CacheSynthesizer(CacheOptions(of=choice(voice, "a"), folder=tmp_path))
        await cache.start()
        first, second = await say(cache, "Ahoy."), await say(cache, "Ahoy.")
        assert str(first.error) == "something in it was cancelled"
        assert second.error is None
        assert second.sound

    asyncio.run(test())


@simulated
async def test_a_stray_cancellation_in_start_is_a_failure() -> None:
    first = Chat(["One."])
    first.start_error = LEAK
    model = fallback(first, Chat(["Two."]))
    await model.start()
    assert (await ask(model)).text == "Two."


@simulated
async def test_a_stray_cancellation_in_aclose_is_a_failure() -> None:
    first, second = Chat(["One."]), Chat(["Two."])
    first.close_error = LEAK
    with pytest.raises(ProviderError, match=r"^a: something in it was cancelled$"):
        await fallback(first, second).aclose()
    assert second.closes == 1


class Leaking(CountingMixin, ScriptedRecognizer):
    """Raises a stray cancellation while it opens, or in one call of its stream."""

    def __init__(self, at: str) -> None:
        super().__init__()
        self.at = at

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        if self.at == "listen":
            raise LEAK
        async with super().listen(hints) as session:
            if self.at != "events":
                setattr(session, self.at, self.leak)
            else:
                self.break_off(LEAK)
            yield session

    async def leak(self, *_: Any) -> None:
        raise LEAK


async def use(recognizer: FallbackRecognizer, hints: Hints) -> None:
    async with recognizer.listen(hints) as session:
        await session.write(bytes(640))
        await session.commit()
        await session.finish()
        async for _ in session:
            pass


@pytest.mark.parametrize("at", ["listen", "write", "commit", "finish", "events"])
def test_after_a_stray_cancellation_the_next_recogniser_is_used(at: str) -> None:
    @simulated
    async def test() -> None:
        spare = ScriptedRecognizer()
        of = (choice(Leaking(at), "a"), choice(spare, "b"))
        recognizer = FallbackRecognizer(FallbackRecognizerOptions(of=of))
        await recognizer.start()
        hints = Hints(conversation="one")
        if at != "listen":
            with pytest.raises(ProviderError, match="something in it was cancelled"):
                await use(recognizer, hints)
        async with recognizer.listen(hints):
            assert len(spare.sessions) == 1

    test()


@pytest.mark.parametrize("around", [fallback, hedge])
def test_a_requested_cancellation_stays_a_cancellation(around: Any) -> None:
    @simulated
    async def test() -> None:
        task = asyncio.ensure_future(ask(around(Chat([[Pause(9.0), "One."]]), Chat([[Pause(9.0), "Two."]]))))
        await asyncio.sleep(1.5)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()

    test()


class Breaking(ScriptedRecognizer):
    """Raises an error when it is cancelled while it opens, as a library's task group may."""

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        try:
            await asyncio.sleep(9.0)
        except asyncio.CancelledError:
            raise ConnectionError("the socket was closed") from None
        async with super().listen(hints) as session:
            yield session


async def open_and_wait(recognizer: FallbackRecognizer) -> None:
    async with recognizer.listen(Hints(conversation="one")):
        await asyncio.sleep(60.0)


@simulated
async def test_a_recogniser_that_fails_while_it_is_cancelled_is_not_replaced() -> None:
    spare = ScriptedRecognizer()
    of = (choice(Breaking(), "a"), choice(spare, "b"))
    recognizer = FallbackRecognizer(FallbackRecognizerOptions(of=of))
    await recognizer.start()
    task = asyncio.ensure_future(open_and_wait(recognizer))
    await asyncio.sleep(1.0)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert spare.sessions == []


@simulated
async def test_a_recogniser_that_fails_when_its_time_is_over_was_too_late() -> None:
    of = (choice(Breaking(), "a"), choice(ScriptedRecognizer(), "b"))
    recognizer = FallbackRecognizer(FallbackRecognizerOptions(of=of, timeout=1.0))
    await recognizer.start()
    async with recognizer.listen(Hints(conversation="one")) as session:
        news = await anext(aiter(session))
    assert news == Notice("a failed (it did not listen within 1 s); b listens from now on")
