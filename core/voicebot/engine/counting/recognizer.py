"""A recogniser whose sound is counted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from voicebot.audio import AudioFormat
from voicebot.engine.counting.meter import Meter, Source, meter_of
from voicebot.events import ProviderUsed
from voicebot.interfaces import Recognition, Recognizer
from voicebot.messages import FinalTranscript, Hints, RecognitionEvent
from voicebot.options import Options


class CountedRecognizer(Recognizer[Options]):
    """Passes everything on to another recogniser; counts the sound at each final, and at the end."""

    def __init__(self, recognizer: Recognizer[Options], source: Source) -> None:
        super().__init__(recognizer.options)
        self._recognizer, self._source = recognizer, source
        self._describe()

    def _describe(self) -> None:
        self.model = self._recognizer.model
        if hasattr(self._recognizer, "input_format"):  # it is known after its start
            self.input_format = self._recognizer.input_format

    def __eq__(self, other: object) -> bool:
        """Return whether it counts the same recogniser, so that no other session has to be opened."""
        return isinstance(other, CountedRecognizer) and self._recognizer is other._recognizer

    def __hash__(self) -> int:
        return id(self._recognizer)

    async def start(self) -> None:
        """Start the other."""
        await self._recognizer.start()
        self._describe()

    async def aclose(self) -> None:
        """Close the other."""
        await self._recognizer.aclose()

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncIterator[Recognition]:
        """Open a recognition stream of the other."""
        meter = meter_of(hints.conversation)
        async with self._recognizer.listen(hints) as recognition:
            if meter is None:
                yield recognition
                return
            # The engine goes by whether `commit` is overridden.
            answers_commits = type(recognition).commit is not Recognition.commit
            kind = _CountedCommits if answers_commits else _CountedRecognition
            counting = kind(recognition, meter, self._source, self.model, self.input_format)
            try:
                yield counting
            finally:
                counting.count()


class _CountedRecognition(Recognition):
    def __init__(
        self, recognition: Recognition, meter: Meter, source: Source, model: str, format: AudioFormat
    ) -> None:
        self._recognition, self._meter = recognition, meter
        self._source, self._model, self._format = source, model, format
        self._given, self._began = 0, 0.0

    async def write(self, audio: bytes) -> None:
        if not self._given:
            self._began = self._meter.now()
        self._given += len(audio)
        await self._recognition.write(audio)

    async def finish(self) -> None:
        await self._recognition.finish()

    def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        self._events = aiter(self._recognition)
        return self

    async def __anext__(self) -> RecognitionEvent:
        event = await anext(self._events)
        if isinstance(event, FinalTranscript):
            self.count()
        return event

    def count(self) -> None:
        """Count the sound that was given since this was last called."""
        given, self._given = self._given, 0
        if given:
            seconds, kind, name = self._format.seconds_in(given), self._source.kind, self._source.provider
            used = ProviderUsed(self._meter.now(), kind, name, self._model, self._began, seconds=seconds)
            self._meter.add(used)


class _CountedCommits(_CountedRecognition):
    async def commit(self) -> None:
        await self._recognition.commit()
