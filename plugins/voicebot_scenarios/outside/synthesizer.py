"""A synthesizer whose work takes real time."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from typing import Any

from voicebot import (
    Options,
    SpeechStream,
    StreamedUtterance,
    SynthesisEvent,
    Synthesizer,
    Utterance,
    VoiceDescription,
)
from voicebot_scenarios.clock import current_loop
from voicebot_scenarios.outside.providers import outside


class OutsideSynthesizer(Synthesizer[Options]):
    """Passes everything on to another synthesizer."""

    def __init__(self, synthesizer: Synthesizer[Any]) -> None:
        super().__init__(synthesizer.options)
        self._synthesizer = synthesizer

    async def start(self) -> None:
        """Start the other."""
        await self._synthesizer.start()
        self.output_format = self._synthesizer.output_format

    async def aclose(self) -> None:
        """Close the other."""
        await self._synthesizer.aclose()

    async def voices(self) -> Sequence[VoiceDescription]:
        """Return the other's voices."""
        return await self._synthesizer.voices()

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the other's speech."""
        async with aclosing(self._synthesizer.synthesize(utterance)) as events:
            async for event in outside(events):
                yield event

    def stream(self, utterance: StreamedUtterance) -> AbstractAsyncContextManager[SpeechStream] | None:
        """Open a stream of the other, if it has one."""
        stream = self._synthesizer.stream(utterance)
        return None if stream is None else _opened(stream)


@asynccontextmanager
async def _opened(stream: AbstractAsyncContextManager[SpeechStream]) -> AsyncIterator[SpeechStream]:
    loop = current_loop()
    with loop.outside():
        speech = await stream.__aenter__()
    try:
        yield _OutsideSpeech(speech)
    except BaseException as error:
        if not await stream.__aexit__(type(error), error, error.__traceback__):
            raise
    else:
        await stream.__aexit__(None, None, None)


class _OutsideSpeech(SpeechStream):
    """Passes everything on to another stream."""

    def __init__(self, speech: SpeechStream) -> None:
        self._speech = speech

    async def write(self, text: str) -> None:
        with current_loop().outside():
            await self._speech.write(text)

    async def finish(self) -> None:
        with current_loop().outside():
            await self._speech.finish()

    async def __aiter__(self) -> AsyncGenerator[SynthesisEvent, None]:
        events = aiter(self._speech)
        try:
            async for event in outside(events):
                yield event
        finally:
            if isinstance(events, AsyncGenerator):
                await events.aclose()
