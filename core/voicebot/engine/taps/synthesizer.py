"""A synthesizer whose requests and answers are published."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager

from voicebot.engine.taps.tap import Tap, TappedRequest
from voicebot.interfaces import SpeechStream, Synthesizer
from voicebot.messages import StreamedUtterance, SynthesisEvent, Utterance
from voicebot.options import Options


class TappedSynthesizer(Synthesizer[Options]):
    """Passes everything on to another synthesizer."""

    def __init__(self, synthesizer: Synthesizer[Options], tap: Tap) -> None:
        super().__init__(synthesizer.options)
        self.output_format, self.model = synthesizer.output_format, synthesizer.model
        self._synthesizer, self._tap = synthesizer, tap

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the other's speech."""
        with self._tap.asking("synthesizer", utterance) as asked:
            async with aclosing(self._synthesizer.synthesize(utterance)) as events:
                async for event in events:
                    asked.answered(event)
                    yield event

    def stream(self, utterance: StreamedUtterance) -> AbstractAsyncContextManager[SpeechStream] | None:
        """Open a stream of the other, if it has one."""
        stream = self._synthesizer.stream(utterance)
        return None if stream is None else self._opened(stream, utterance)

    @asynccontextmanager
    async def _opened(
        self, stream: AbstractAsyncContextManager[SpeechStream], utterance: StreamedUtterance
    ) -> AsyncIterator[SpeechStream]:
        with self._tap.asking("synthesizer", utterance) as asked:
            async with stream as speech:
                yield _TappedSpeech(speech, asked)


class _TappedSpeech(SpeechStream):
    def __init__(self, speech: SpeechStream, asked: TappedRequest) -> None:
        self._speech, self._asked = speech, asked

    async def write(self, text: str) -> None:
        self._asked.given("text", text)
        await self._speech.write(text)

    async def finish(self) -> None:
        self._asked.given("finish")
        await self._speech.finish()

    async def __aiter__(self) -> AsyncGenerator[SynthesisEvent, None]:
        events = aiter(self._speech)
        try:
            async for event in events:
                self._asked.answered(event)
                yield event
        finally:
            if isinstance(events, AsyncGenerator):
                await events.aclose()
