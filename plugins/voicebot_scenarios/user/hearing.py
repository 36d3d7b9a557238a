"""A recogniser that is told the words: for users without a voice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from voicebot import (
    FinalTranscript,
    Hints,
    Options,
    PartialTranscript,
    Recognition,
    RecognitionEvent,
    Recognizer,
)
from voicebot_scenarios.user.speech import MICROPHONE

DELAY = 0.1
"""Seconds after which a word that was said, or the final transcript that was asked for, is known."""


class ToldRecognizer(Recognizer[Options]):
    """Recognises what it is told."""

    input_format = MICROPHONE

    def __init__(self) -> None:
        super().__init__(Options())
        self._sessions: list[_ToldRecognition] = []

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        """Open a session."""
        session = _ToldRecognition()
        self._sessions.append(session)
        try:
            yield session
        finally:
            self._sessions.remove(session)

    def said(self, word: str) -> None:
        """Tell it a word that has just been said."""
        for session in self._sessions:
            session.said(word)


class _ToldRecognition(Recognition):
    def __init__(self) -> None:
        self._words: list[str] = []
        self._events: asyncio.Queue[tuple[float, RecognitionEvent | None]] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()

    def said(self, word: str) -> None:
        self._words.append(word)
        self._put(PartialTranscript(" ".join(self._words)))

    async def write(self, audio: bytes) -> None:
        """Ignore the sound."""

    async def commit(self) -> None:
        self._put(FinalTranscript(" ".join(self._words)))
        self._words.clear()

    async def finish(self) -> None:
        await self.commit()
        self._put(None)

    def _put(self, event: RecognitionEvent | None) -> None:
        self._events.put_nowait((self._loop.time() + DELAY, event))

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        while True:
            due, event = await self._events.get()
            await asyncio.sleep(due - self._loop.time())
            if event is None:
                return
            yield event
