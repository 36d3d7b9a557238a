"""Transcribing sound by the script or with a real recogniser, as the other speech to text does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from voicebot import AudioFormat
from voicebot_emulator.speech_to_text.request import RecognitionRequest
from voicebot_emulator.speech_to_text.segments import Began, Continued, Segments
from voicebot_emulator.speech_to_text.transcription import Transcriber, open_transcriber

if TYPE_CHECKING:
    from voicebot_emulator.emulation import Emulation
    from voicebot_emulator.http.visit import Visit
    from voicebot_emulator.script import Heard

LATENCY = "openai-stt.final"
_FOR_EVER = 1e9


def open_listening(
    emulation: Emulation, sound: AudioFormat, languages: Sequence[str], phrases: Sequence[str]
) -> AbstractAsyncContextManager[Transcriber]:
    """Open a transcriber."""
    request = RecognitionRequest(
        languages=tuple(languages) or ("en",),
        identifies=not languages,
        once=False,
        detailed=False,
        phrases=tuple(phrases),
        silence=_FOR_EVER,
        longest=_FOR_EVER,
        initial_silence=_FOR_EVER,
    )
    return open_transcriber(emulation, request, sound)


class Listener:
    """Passes sound to a transcriber; the client says where an utterance ends."""

    def __init__(self, transcriber: Transcriber, sound: AudioFormat) -> None:
        self.transcriber = transcriber
        self._segments = Segments(sound, silence=_FOR_EVER, longest=_FOR_EVER, patience=_FOR_EVER)

    async def hear(self, audio: bytes) -> str:
        """Process more sound; return the words so far."""
        words = ""
        for segment in self._segments.hear(audio):
            match segment:
                case Began(_, first):
                    await self.transcriber.begin(first)
                case Continued(more, seconds):
                    words = await self.transcriber.hear(more, seconds)
        return words

    async def end(self) -> Awaitable[Heard] | None:
        """End the utterance; return its transcript, to be awaited, or None if nothing was said."""
        return await self.transcriber.end() if self._segments.end() else None


def delay_of(visit: Visit, heard: Awaitable[Heard] | None) -> float:
    """Return the seconds from the end of an utterance to its final, by the script, the latency and faults."""
    delay = visit.emulation.latency.draw(LATENCY)
    if isinstance(heard, asyncio.Future) and heard.done() and not heard.cancelled():
        delay += heard.result().final_after
    if fault := visit.fault("late-final"):
        delay += float(fault.value)
    return delay
