"""A synthesizer whose characters are counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager

from voicebot.engine.counting.meter import Meter, Source, meter_of
from voicebot.events import ProviderUsed
from voicebot.interfaces import SpeechStream, Synthesizer
from voicebot.messages import StreamedUtterance, SynthesisEvent, Utterance, VoiceDescription
from voicebot.options import Options


class CountedSynthesizer(Synthesizer[Options]):
    """Passes everything on to another synthesizer; counts text whose synthesis begins, or is cancelled."""

    def __init__(self, synthesizer: Synthesizer[Options], source: Source) -> None:
        super().__init__(synthesizer.options)
        self._synthesizer, self._source = synthesizer, source
        self._describe()

    def _describe(self) -> None:
        self.model = self._synthesizer.model
        if hasattr(self._synthesizer, "output_format"):  # it is known after its start
            self.output_format = self._synthesizer.output_format

    async def start(self) -> None:
        """Start the other."""
        await self._synthesizer.start()
        self._describe()

    async def aclose(self) -> None:
        """Close the other."""
        await self._synthesizer.aclose()

    async def voices(self) -> Sequence[VoiceDescription]:
        """Return those of the other."""
        return await self._synthesizer.voices()

    def billed_characters(self, utterance: Utterance | StreamedUtterance, text: str) -> int:
        """Return what the other returns."""
        return self._synthesizer.billed_characters(utterance, text)

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the other's speech."""
        meter, is_refused = meter_of(utterance.conversation), True
        try:
            async with aclosing(self._synthesizer.synthesize(utterance)) as events:
                async for event in events:
                    if is_refused:
                        is_refused = False
                        self._count(meter, utterance, utterance.text)
                    yield event
        except (GeneratorExit, asyncio.CancelledError):
            if is_refused:  # the service may be at work already
                self._count(meter, utterance, utterance.text)
            raise

    def stream(self, utterance: StreamedUtterance) -> AbstractAsyncContextManager[SpeechStream] | None:
        """Open a stream of the other, if it has one."""
        stream = self._synthesizer.stream(utterance)
        meter = meter_of(utterance.conversation)
        return stream if stream is None or meter is None else self._opened(stream, utterance, meter)

    @asynccontextmanager
    async def _opened(
        self, stream: AbstractAsyncContextManager[SpeechStream], utterance: StreamedUtterance, meter: Meter
    ) -> AsyncIterator[SpeechStream]:
        async with stream as speech:
            yield _CountedSpeech(speech, lambda text: self._count(meter, utterance, text))

    def _count(self, meter: Meter | None, utterance: Utterance | StreamedUtterance, text: str) -> None:
        if meter is None or not (characters := self.billed_characters(utterance, text)):
            return
        now, kind, name = meter.now(), self._source.kind, self._source.provider
        meter.add(ProviderUsed(now, kind, name, self.model, now, characters=characters))


class _CountedSpeech(SpeechStream):
    def __init__(self, speech: SpeechStream, count: Callable[[str], None]) -> None:
        self._speech, self._count = speech, count

    async def write(self, text: str) -> None:
        self._count(text)
        await self._speech.write(text)

    async def finish(self) -> None:
        await self._speech.finish()

    async def __aiter__(self) -> AsyncGenerator[SynthesisEvent, None]:
        events = aiter(self._speech)
        try:
            async for event in events:
                yield event
        finally:
            if isinstance(events, AsyncGenerator):
                await events.aclose()
