"""Speech: the sound of a text, streamed."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from voicebot import AudioFormat, ProviderError
from voicebot_emulator.audio import speech_request
from voicebot_emulator.audio.speech_request import SpeechCall
from voicebot_emulator.http.refusals import Refusal, refuse
from voicebot_emulator.http.visit import as_json
from voicebot_emulator.text_to_speech.catalogue import Family, Voice
from voicebot_emulator.text_to_speech.sound import Speaker, riff_header
from voicebot_emulator.text_to_speech.ssml import Part

if TYPE_CHECKING:
    from aiohttp import web

    from voicebot_emulator.http.visit import Visit

FORMAT = AudioFormat(24_000)
_CHUNK = 4_801  # bytes: pieces of a response end anywhere, also within a sample
_BURST, _PAUSE = 48_000, 0.3
_LATENCY = "tts.first_byte.openai"
_FAMILY = Family(
    "openai", "", None, frozenset(), (), word_timings=False, trailing_silence=0.4, latency=_LATENCY
)
_GENDERS = dict.fromkeys(("echo", "onyx", "ash", "ballad", "verse", "cedar"), "Male")
_TYPES = {"pcm": "audio/pcm", "wav": "audio/wav"}
_WRONG = {
    "mp3": ("audio/mpeg", b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x64" + bytes(400)),
    "html": ("text/html", b"<!doctype html><html><body>It works!</body></html>"),
    "json": ("application/json", b'{"detail": "this server does not speak"}'),
}


async def serve(visit: Visit) -> web.StreamResponse:
    """Answer a request for speech."""
    from aiohttp import web

    text = (await visit.request.read()).decode(errors="replace")
    visit.note("in", "speech", body=text)
    try:
        call = speech_request.read(visit, text)
    except Refusal as refusal:
        return refuse(visit, refusal)
    wrong = fault.value if (fault := visit.fault("wrong-format")) else ""
    if wrong in _WRONG:
        kind, body = _WRONG[wrong]
        return web.Response(body=body, content_type=kind)
    try:
        async with aclosing(_sound(visit, call)) as sound:
            return await _Answer(visit, call, wrong or call.format).send(sound)
    except ProviderError as error:  # nothing has been sent yet
        return refuse(visit, Refusal(500, f"No speech: {error}", code=None, type="server_error", param=None))


async def _sound(visit: Visit, call: SpeechCall) -> AsyncGenerator[bytes, None]:
    """Yield the sound of a text as it is made."""
    emulation = visit.emulation
    spoken = emulation.script.spoken
    speaker = Speaker(
        FORMAT,
        None if spoken.tone else emulation.providers.synthesizer,
        characters_per_second=spoken.characters_per_second * call.speed,
    )
    voice = Voice(call.voice, call.voice, "en-US", _GENDERS.get(call.voice, "Female"), _FAMILY)
    await asyncio.sleep(spoken.first_byte + emulation.latency.draw(_LATENCY))
    async for sound in speaker.speak(Part(voice, "en-US", (call.text,))):
        if isinstance(sound, bytes):
            yield sound


class _Answer:
    """Sends sound in a response, with the faults that are due."""

    def __init__(self, visit: Visit, call: SpeechCall, form: str) -> None:
        from aiohttp import web

        self._visit = visit
        self._events = call.events
        self._form = form
        kind = "text/event-stream" if call.events else _TYPES[form]
        self._response = web.StreamResponse(headers={"Content-Type": kind})
        self._sent = 0
        self._begun = 0.0

    async def send(self, sound: AsyncGenerator[bytes, None]) -> web.StreamResponse:
        """Send all of it.

        Raises:
            ProviderError: the voice failed before its first sound.
        """
        pending = bytearray(await anext(sound, b""))
        await self._response.prepare(self._visit.request)
        self._begun = asyncio.get_running_loop().time()
        if not await self._faults("start"):
            return self._response
        if self._form == "wav":
            pending[:0] = riff_header(FORMAT)
        size = _BURST if self._visit.fault("burst") else _CHUNK
        try:
            async for piece in sound:
                pending += piece
                while len(pending) >= size:
                    if not await self._send(bytes(pending[:size]), burst=size == _BURST):
                        return self._response
                    del pending[:size]
        except ProviderError:
            self._visit.cut()
            return self._response
        if (pending and not await self._send(bytes(pending))) or not await self._faults("end"):
            return self._response
        if self._events:
            usage = {
                "input_tokens": 1,
                "output_tokens": self._sent // 4800,
                "total_tokens": self._sent // 4800 + 1,
            }
            await self._event({"type": "speech.audio.done", "usage": usage})
        self._visit.note("out", "done", size=self._sent)
        await self._response.write_eof()
        return self._response

    async def _send(self, audio: bytes, *, burst: bool = False) -> bool:
        """Send sound when it is due; return False if a fault ends the response."""
        if burst and self._sent:
            await asyncio.sleep(_PAUSE)
        if speed := self._visit.emulation.script.spoken.speed:
            due = self._begun + FORMAT.seconds_in(self._sent) / speed
            await asyncio.sleep(due - asyncio.get_running_loop().time())
        first = not self._sent
        self._sent += len(audio)
        self._visit.note("out", "audio", size=len(audio))
        if self._events:
            await self._event({"type": "speech.audio.delta", "audio": base64.b64encode(audio).decode()})
        else:
            await self._response.write(audio)
        return not first or await self._faults("middle")

    async def _event(self, event: dict[str, Any]) -> None:
        await self._response.write(f"data: {as_json(event)}\n\n".encode())

    async def _faults(self, point: str) -> bool:
        """Apply the faults of this point; return False if they end the response."""
        if self._visit.fault("hang", point=point):
            await self._visit.hang()
        if self._visit.fault("drop", point=point):
            self._visit.cut()
            return False
        return True
