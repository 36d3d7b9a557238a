"""Runs a Wyoming server around our recogniser `whisper`, in a process of its own until its input ends."""

from __future__ import annotations

import asyncio
from functools import partial

from wyoming.asr import Transcript
from wyoming.audio import AudioChunk
from wyoming.event import Event
from wyoming.info import AsrModel, AsrProgram, Info
from wyoming.server import AsyncEventHandler
from wyoming_server import NOBODY, serve

from voicebot import FinalTranscript, Hints
from voicebot_local.recognition.recognizer import WhisperOptions, WhisperRecognizer

MODEL = AsrModel("tiny.en", NOBODY, True, None, None, languages=["en"])
INFO = Info(asr=[AsrProgram("whisper", NOBODY, True, None, None, [MODEL])])


class Handler(AsyncEventHandler):
    """Serves one connection, as the common servers do: all the sound, then its words."""

    def __init__(
        self, whisper: WhisperRecognizer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        super().__init__(reader, writer)
        self.whisper = whisper
        self.sound = bytearray()

    async def handle_event(self, event: Event) -> bool:
        match event.type:
            case "describe":
                await self.write_event(INFO.event())
            case "audio-chunk":
                self.sound += AudioChunk.from_event(event).audio
            case "audio-stop":
                await self.write_event(Transcript(await self.words()).event())
                return False
        return True

    async def words(self) -> str:
        """Return what is said in the sound."""
        async with self.whisper.listen(Hints()) as recognition:
            await recognition.write(bytes(self.sound))
            await recognition.commit()
            await recognition.finish()
            return " ".join([event.text async for event in recognition if isinstance(event, FinalTranscript)])


async def main() -> None:
    """Serve with the model that the extra `local` brings along."""
    whisper = WhisperRecognizer(WhisperOptions())
    await whisper.start()
    await serve(partial(Handler, whisper))
    await whisper.aclose()


if __name__ == "__main__":
    asyncio.run(main())
