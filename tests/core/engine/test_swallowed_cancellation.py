"""A provider's library that swallows a cancellation: the cancelled task still ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from voicebot import Hints, Recognition, SpeechStarted
from voicebot.messages import RecognitionEvent
from voicebot.testing import ScriptedRecognizer, ScriptedUser, converse, simulated
from voicebot.testing.scripted import ScriptedRecognition


class Stubborn(ScriptedRecognizer):
    """Ignores a cancellation in one of its calls."""

    def __init__(self, call: str) -> None:
        super().__init__()
        self.call = call

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        session = StubbornSession(self, hints)
        self.sessions.append(session)
        yield session


class StubbornSession(ScriptedRecognition):
    async def write(self, audio: bytes) -> None:
        await self._dawdle("write")
        await super().write(audio)

    async def commit(self) -> None:
        await self._dawdle("commit")
        await super().commit()

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        while True:
            await self._dawdle("hear")
            yield SpeechStarted()

    async def _dawdle(self, call: str) -> None:
        if isinstance(self._recognizer, Stubborn) and self._recognizer.call == call:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(8)
        elif call == "hear":
            await asyncio.sleep(8)


@pytest.mark.parametrize("call", ["write", "commit", "hear"])
@simulated
async def test_a_recogniser_that_swallows_a_cancellation_is_still_cancelled(call: str) -> None:
    user = ScriptedUser()

    async def hold() -> None:
        async with converse(recognizer=Stubborn(call), user=user):
            await user.says("hello there")
            await user.waits(1000)

    conversation = asyncio.create_task(hold())
    await asyncio.sleep(2)
    conversation.cancel()
    await asyncio.wait([conversation], timeout=60)
    assert conversation.cancelled()
