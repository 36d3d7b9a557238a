"""Providers that never finish closing when they are stopped do not delay anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager

import pytest

from voicebot import (
    ChatEvent,
    ChatRequest,
    Settings,
    SpeechStream,
    StreamedUtterance,
    SynthesisEvent,
    Utterance,
)
from voicebot.testing import Pause, ScriptedChatModel, ScriptedSynthesizer, ScriptedUser, converse, simulated

LIMIT = 5
SETTINGS = Settings.model_validate(
    {"reply": {"chat_timeout": LIMIT, "speech_timeout": LIMIT, "first_unit": "sentence"}, "on_error": ""}
)
STORY = "One day a sailor lost his hat. " * 100
LONG = "One day a sailor lost his hat and his shoes and went home and slept and lost them all again. " * 50


async def never() -> None:
    await asyncio.sleep(100_000)


class SlowChatModel(ScriptedChatModel):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        try:
            async with aclosing(super().reply(request)) as events:
                async for event in events:
                    yield event
        finally:
            await never()


class SlowVoice(ScriptedSynthesizer):
    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        try:
            async with aclosing(super().synthesize(utterance)) as events:
                async for event in events:
                    yield event
        finally:
            await never()

    def stream(self, utterance: StreamedUtterance) -> AbstractAsyncContextManager[SpeechStream] | None:
        session = super().stream(utterance)
        return None if session is None else self._slow(session)

    @asynccontextmanager
    async def _slow(
        self, session: AbstractAsyncContextManager[SpeechStream]
    ) -> AsyncGenerator[SpeechStream, None]:
        async with session as speech:
            try:
                yield speech
            finally:
                await never()


def scripted(text: str) -> ScriptedChatModel:
    return ScriptedChatModel([text], tokens_per_second=10_000)


SLOW: dict[str, Callable[[], tuple[ScriptedChatModel, ScriptedSynthesizer]]] = {
    "chat": lambda: (SlowChatModel([STORY], tokens_per_second=10_000), ScriptedSynthesizer()),
    "voice": lambda: (scripted(LONG), SlowVoice()),
    "streamed voice": lambda: (scripted(STORY), SlowVoice(streams=True)),
    "streamed voice whose text is not complete": lambda: (
        ScriptedChatModel([["One day. ", Pause(3), STORY]]),
        SlowVoice(streams=True),
    ),
}


@pytest.mark.parametrize("slow", SLOW.values(), ids=SLOW.keys())
@pytest.mark.parametrize("seconds", [0.5, 2.0, 2.6])
@simulated
async def test_a_cancelled_conversation_ends_within_the_time_limit(
    slow: Callable[[], tuple[ScriptedChatModel, ScriptedSynthesizer]], seconds: float
) -> None:
    chat, synthesizer = slow()
    loop = asyncio.get_running_loop()
    user = ScriptedUser()

    async def hold() -> None:
        async with converse(chat=chat, synthesizer=synthesizer, settings=SETTINGS, user=user):
            await user.says("hello there")
            await never()

    conversation = asyncio.create_task(hold())
    await asyncio.sleep(1.5 + seconds)
    conversation.cancel()
    cancelled_at = loop.time()
    await asyncio.wait([conversation], timeout=1000)
    assert loop.time() - cancelled_at <= 2 * LIMIT
