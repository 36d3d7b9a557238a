"""A recogniser whose transcripts are published."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from voicebot.audio import AudioFormat
from voicebot.engine.taps.tap import Tap, TappedRequest
from voicebot.interfaces import Recognition, Recognizer
from voicebot.messages import Hints, RecognitionEvent
from voicebot.options import Options


class TappedRecognizer(Recognizer[Options]):
    """Passes everything on to another recogniser."""

    def __init__(self, recognizer: Recognizer[Options], tap: Tap) -> None:
        super().__init__(recognizer.options)
        self.input_format, self.model = recognizer.input_format, recognizer.model
        self._recognizer, self._tap = recognizer, tap

    def __eq__(self, other: object) -> bool:
        """Return whether it is a tap of the same recogniser, so that no other session has to be opened."""
        return isinstance(other, TappedRecognizer) and self._recognizer == other._recognizer

    def __hash__(self) -> int:
        return hash(self._recognizer)

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncIterator[Recognition]:
        """Open a recognition stream of the other."""
        with self._tap.asking("recognizer", hints) as asked:
            async with self._recognizer.listen(hints) as recognition:
                # The engine goes by whether `commit` is overridden.
                answers_commits = type(recognition).commit is not Recognition.commit
                kind = _TappedCommits if answers_commits else _TappedRecognition
                yield kind(recognition, asked, self.input_format)


class _TappedRecognition(Recognition):
    def __init__(self, recognition: Recognition, asked: TappedRequest, format: AudioFormat) -> None:
        self._recognition, self._asked, self._format = recognition, asked, format
        self._given = 0

    @property
    def _seconds(self) -> float:
        return self._format.seconds_in(self._given)

    async def write(self, audio: bytes) -> None:
        self._given += len(audio)
        await self._recognition.write(audio)

    async def finish(self) -> None:
        self._asked.given("finish", seconds=self._seconds)
        await self._recognition.finish()

    def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        self._events = aiter(self._recognition)
        return self

    async def __anext__(self) -> RecognitionEvent:
        event = await anext(self._events)
        self._asked.answered(event, self._seconds)
        return event


class _TappedCommits(_TappedRecognition):
    async def commit(self) -> None:
        self._asked.given("commit", seconds=self._seconds)
        await self._recognition.commit()
