"""Runs a Wyoming server in a process of its own until its input ends; prints its port first.

It is made of the classes of the distribution `wyoming`. It recognises any loud sound as the words that it was
given, and streams them; its voice is espeak.
"""

from __future__ import annotations

import asyncio
import re
import sys
import warnings
from array import array
from collections.abc import Callable
from contextlib import aclosing, suppress
from functools import partial

from voicebot import AudioChunk as Sound
from voicebot import Utterance
from voicebot_offline.synthesis.synthesizer import EspeakOptions, EspeakSynthesizer

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from wyoming.asr import Transcript, TranscriptChunk, TranscriptStart, TranscriptStop
    from wyoming.audio import AudioChunk, AudioStart, AudioStop
    from wyoming.event import Event
    from wyoming.info import AsrModel, AsrProgram, Attribution, Info, TtsProgram, TtsVoice
    from wyoming.server import AsyncEventHandler
    from wyoming.tts import SynthesizeStopped

WORDS = " ".join(sys.argv[1:]).split()
LOUD = 1_000
BYTES_PER_WORD = 6_400
NOBODY = Attribution("nobody", "")
SENTENCE = re.compile(r".+?[.!?](?=\s)\s*", re.S)


def info() -> Info:
    """Return what the server offers."""
    model = AsrModel("loudness", NOBODY, True, None, None, languages=["en"])
    voice = TtsVoice("espeak", NOBODY, True, None, None, languages=["en_US"])
    return Info(
        asr=[AsrProgram("scripted", NOBODY, True, None, None, [model], supports_transcript_streaming=True)],
        tts=[TtsProgram("espeak", NOBODY, True, None, None, [voice], supports_synthesize_streaming=True)],
    )


class Handler(AsyncEventHandler):
    """Serves one connection."""

    def __init__(
        self, voice: EspeakSynthesizer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        super().__init__(reader, writer)
        self.voice = voice
        self.loud = 0
        self.written = 0
        self.text: str | None = None

    async def handle_event(self, event: Event) -> bool:
        match event.type:
            case "describe":
                await self.write_event(info().event())
            case "audio-chunk":
                await self.hear(AudioChunk.from_event(event).audio)
            case "audio-stop":
                await self.write_event(Transcript(" ".join(WORDS) if self.loud else "").event())
                await self.write_event(TranscriptStop().event())
                return False
            case "synthesize" if self.text is None:
                await self.speak(event.data["text"])
            case "synthesize-start":
                self.text = ""
            case "synthesize-chunk":
                self.text = f"{self.text}{event.data['text']}"
                while sentence := SENTENCE.match(self.text):
                    self.text = self.text[sentence.end() :]
                    await self.speak(sentence[0])
            case "synthesize-stop":
                if self.text:
                    await self.speak(self.text)
                await self.write_event(SynthesizeStopped().event())
        return True

    async def hear(self, audio: bytes) -> None:
        """Count loud sound, and send a word for each fifth of a second of it."""
        if not any(abs(sample) > LOUD for sample in array("h", audio)):
            return
        if not self.loud:
            await self.write_event(TranscriptStart(language="en").event())
        self.loud += len(audio)
        while self.written < min(len(WORDS), 1 + self.loud // BYTES_PER_WORD):
            await self.write_event(TranscriptChunk(f" {WORDS[self.written]}").event())
            self.written += 1

    async def speak(self, text: str) -> None:
        """Send the speech of a text."""
        form = {"rate": self.voice.output_format.rate, "width": 2, "channels": 1}
        await self.write_event(AudioStart(**form).event())
        async with aclosing(self.voice.synthesize(Utterance(text, "en-US"))) as events:
            async for event in events:
                if isinstance(event, Sound):
                    await self.write_event(AudioChunk(audio=event.audio, **form).event())
        await self.write_event(AudioStop().event())


async def serve(handler: Callable[[asyncio.StreamReader, asyncio.StreamWriter], AsyncEventHandler]) -> None:
    """Print a port, and handle its connections until the input ends."""
    handlers: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):  # the client has gone, at whatever moment
            await handler(reader, writer).run()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(handle(reader, writer))
        handlers.add(task)
        task.add_done_callback(handlers.discard)

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.read)
        for task in handlers:
            task.cancel()


async def main() -> None:
    """Serve with espeak's voice."""
    voice = EspeakSynthesizer(EspeakOptions())
    await voice.start()
    await serve(partial(Handler, voice))
    await voice.aclose()


if __name__ == "__main__":
    asyncio.run(main())
