"""One turn of text to speech: from the text to the end of its sound, faults included."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from voicebot import AudioFormat
from voicebot_emulator.text_to_speech.sound import Boundary, Speaker, riff_header
from voicebot_emulator.text_to_speech.ssml import Part
from voicebot_emulator.usp import TICKS, audio_message, text_message

if TYPE_CHECKING:
    from aiohttp import web

    from voicebot_emulator.http.visit import Visit

_CHUNK = 0.1  # seconds of sound in a message
_BURST, _PAUSE = 1.0, 0.3  # seconds of sound per burst, and seconds between bursts


class Closed(Exception):
    """The service closes the connection with a code and a reason; 1006 cuts it."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class OutputRequest:
    """The format and the events that the client asked for."""

    format: AudioFormat
    riff: bool = False
    boundaries: frozenset[str] = frozenset()
    session_end: bool = True


class SpokenTurn:
    """Speaks the parts that are added, until `end`, to one socket.

    Args:
        refusal: why the service refuses the turn; empty if it does not.
    """

    def __init__(
        self,
        visit: Visit,
        socket: web.WebSocketResponse,
        request_id: str,
        output: OutputRequest,
        refusal: str = "",
    ) -> None:
        self._visit = visit
        self._socket = socket
        self._request_id = request_id
        self._output = output
        self._refusal = refusal
        self._parts: asyncio.Queue[Part | None] = asyncio.Queue()
        self._stream_id = uuid4().hex.upper()
        self._pending = bytearray()
        self._sent = 0.0
        self._begun = 0.0
        self._stopped = False
        self._burst = False
        self.waiting = 0
        """Characters waiting to be spoken."""

    def add(self, part: Part) -> None:
        """Add what to say next."""
        self.waiting += part.length
        self._parts.put_nowait(part)

    def end(self) -> None:
        """End the text."""
        self._parts.put_nowait(None)

    def stop(self) -> None:
        """Stop speaking."""
        self._stopped = True
        self.end()

    async def run(self) -> None:
        """Speak all parts.

        Raises:
            Closed: the service closes the connection.
        """
        await self._faults("start")
        context = {"context": {"serviceTag": uuid4().hex}}
        await self._send_text("turn.start", context)
        self._refuse()
        await self._send_text(
            "response", {**context, "audio": {"type": "inline", "streamId": self._stream_id}}
        )
        self._burst = self._visit.fault("burst") is not None
        emulation = self._visit.emulation
        spoken = emulation.script.spoken
        real = emulation.providers.synthesizer
        speaker = Speaker(
            self._output.format,
            None if spoken.tone else real,
            characters_per_second=spoken.characters_per_second,
        )
        waited = False
        while (part := await self._parts.get()) is not None and not self._stopped:
            if not waited:
                await asyncio.sleep(spoken.first_byte + emulation.latency.draw(part.voice.family.latency))
                self._begun = asyncio.get_running_loop().time()
                waited = True
            await self._speak(part, speaker)
            self.waiting -= part.length
        await self._finish(speaker.seconds)

    async def _speak(self, part: Part, speaker: Speaker) -> None:
        reported = self._output.boundaries if part.voice.family.word_timings else frozenset[str]()
        size = self._output.format.bytes_in(_BURST if self._burst else _CHUNK)
        async for sound in speaker.speak(part):
            if self._stopped:
                return
            if isinstance(sound, bytes):
                self._pending += sound
                while len(self._pending) >= size:
                    await self._send(size)
            elif sound.kind in reported:
                await self._send_text("audio.metadata", {"Metadata": [_metadata(sound)]})

    async def _finish(self, seconds: float) -> None:
        if self._pending and not self._stopped:
            await self._send(len(self._pending))
        await self._send_bytes(b"")
        if self._output.session_end:
            end = {"Type": "SessionEnd", "Data": {"Offset": round(seconds * TICKS)}}
            await self._send_text("audio.metadata", {"Metadata": [end]})
        await self._faults("end")
        await self._send_text("turn.end", {})

    async def _send(self, size: int) -> None:
        """Send the next `size` bytes of sound when they are due."""
        audio = bytes(self._pending[:size])
        del self._pending[:size]
        first = not self._sent
        if not first and self._burst:
            await asyncio.sleep(_PAUSE)
        if speed := self._visit.emulation.script.spoken.speed:
            due = self._begun + self._sent / speed
            await asyncio.sleep(due - asyncio.get_running_loop().time())
        self._sent += self._output.format.seconds_in(len(audio))
        await self._send_bytes(
            riff_header(self._output.format) + audio if first and self._output.riff else audio
        )
        if first:
            await self._faults("middle")

    async def _send_bytes(self, audio: bytes) -> None:
        self._visit.note("out", "audio", size=len(audio))
        await self._socket.send_bytes(audio_message(self._request_id, self._stream_id, audio))

    async def _send_text(self, path: str, body: Mapping[str, Any]) -> None:
        text = text_message(path, self._request_id, body)
        self._visit.note("out", path, body=text.partition("\r\n\r\n")[2], size=len(text))
        await self._socket.send_str(text)

    async def _faults(self, point: str) -> None:
        fault = self._visit.fault("hang", "drop", "close", point=point)
        if fault is None:
            return
        if fault.name == "hang":
            await self._visit.hang()
        raise Closed(int(fault.value) if fault.name == "close" else 1006)

    def _refuse(self) -> None:
        if self._visit.fault("voice-not-here"):
            raise Closed(1007, "Unsupported voice.")
        if self._visit.fault("bad-ssml"):
            raise Closed(1007, "SSML is invalid.")
        if self._refusal:
            raise Closed(1007, self._refusal)


def _metadata(boundary: Boundary) -> dict[str, Any]:
    return {
        "Type": "WordBoundary",
        "Data": {
            "Offset": round(boundary.at * TICKS),
            "Duration": round(boundary.seconds * TICKS),
            "text": {"Text": boundary.text, "Length": len(boundary.text), "BoundaryType": boundary.kind},
        },
    }
