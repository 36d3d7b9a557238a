"""A recogniser whose work takes real time: while the user speaks, and until the words are final."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from typing import Any

from voicebot import FinalTranscript, Hints, Options, Recognition, RecognitionEvent, Recognizer
from voicebot_scenarios.clock import current_loop

_AT_WORK = 1.0
"""Seconds after the last sound for which a recogniser may still be at work that was not asked for a final."""
_LONGEST = 10.0
"""Seconds to wait for a final at most."""


class OutsideRecognizer(Recognizer[Options]):
    """Passes everything on to another recogniser."""

    def __init__(self, recognizer: Recognizer[Any]) -> None:
        super().__init__(recognizer.options)
        self._recognizer = recognizer

    async def start(self) -> None:
        """Start the other."""
        await self._recognizer.start()
        self.input_format = self._recognizer.input_format

    async def aclose(self) -> None:
        """Close the other."""
        await self._recognizer.aclose()

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncIterator[Recognition]:
        """Open a recognition stream of the other."""
        work = ExitStack()  # of opening and closing
        work.enter_context(current_loop().outside())
        with work:
            async with self._recognizer.listen(hints) as recognition:
                work.close()
                answers_commits = type(recognition).commit is not Recognition.commit
                outside = (_OutsideCommits if answers_commits else _OutsideRecognition)(recognition)
                try:
                    yield outside
                finally:
                    outside.rest()
                    work.enter_context(current_loop().outside())


class _OutsideRecognition(Recognition):
    """Passes everything on to another stream."""

    def __init__(self, recognition: Recognition) -> None:
        self._recognition = recognition
        self._loop = current_loop()
        self._work = ExitStack()
        self._rests: asyncio.TimerHandle | None = None
        self._awaits_final = False

    async def write(self, audio: bytes) -> None:
        if not self._awaits_final:
            self._works(_AT_WORK)
        await self._recognition.write(audio)

    async def finish(self) -> None:
        self._works(_LONGEST)
        await self._recognition.finish()

    def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        self._events = aiter(self._recognition)
        return self

    async def __anext__(self) -> RecognitionEvent:
        event = await anext(self._events)
        if isinstance(event, FinalTranscript):
            self.rest()
        return event

    def rest(self) -> None:
        """Let the clock jump again: nothing is awaited."""
        if self._rests is not None:
            self._rests.cancel()
            self._rests = None
        self._awaits_final = False
        self._work.close()

    def _works(self, seconds: float) -> None:
        """Let the clock run for that long at most."""
        if self._rests is None:
            self._work.enter_context(self._loop.outside())
        else:
            self._rests.cancel()
        self._rests = self._loop.call_later(seconds, self.rest)


class _OutsideCommits(_OutsideRecognition):
    async def commit(self) -> None:
        self._awaits_final = True
        self._works(_LONGEST)
        await self._recognition.commit()
