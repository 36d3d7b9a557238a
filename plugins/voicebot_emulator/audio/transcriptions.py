"""Transcriptions of files, at once or word by word."""

from __future__ import annotations

import asyncio
import math
import re
from typing import TYPE_CHECKING, Any

from voicebot import AudioFormat
from voicebot_emulator.audio import transcription_request
from voicebot_emulator.audio.listening import Listener, delay_of, open_listening
from voicebot_emulator.audio.models import LANGUAGES, takes_keywords
from voicebot_emulator.audio.transcription_request import TranscriptionCall
from voicebot_emulator.http.refusals import Refusal, refuse
from voicebot_emulator.http.visit import as_json
from voicebot_emulator.script import Heard

if TYPE_CHECKING:
    from aiohttp import web

    from voicebot_emulator.http.visit import Visit

_PIECE = re.compile(r"\s*\S+")


class _Over(Exception):
    """The response ends here, complete or not."""


async def serve(visit: Visit) -> web.StreamResponse:
    """Answer a request for a transcription."""
    try:
        call = await transcription_request.read(visit)
    except Refusal as refusal:
        return refuse(visit, refusal)
    sound = AudioFormat(call.rate)
    async with open_listening(visit.emulation, sound, call.languages, call.phrases) as transcriber:
        listener = Listener(transcriber, sound)
        await listener.hear(call.sound)
        waiting = await listener.end()
        await asyncio.sleep(delay_of(visit, waiting))
        heard = await waiting if waiting is not None else Heard(text="")
        answer = _Stream(visit, call) if call.stream else _Whole(visit, call)
        response = await answer.send(heard)
        if waiting is not None and answer.is_complete:
            transcriber.mark_sent()
        return response


class _Whole:
    """Sends a transcript as one response."""

    def __init__(self, visit: Visit, call: TranscriptionCall) -> None:
        self.visit = visit
        self.call = call
        self.seconds = AudioFormat(call.rate).seconds_in(len(call.sound))
        self.is_complete = False
        """Whether no fault has prevented it."""

    async def send(self, heard: Heard) -> web.StreamResponse:
        """Send it, unless a fault prevents that."""
        from aiohttp import web

        for point in ("start", "middle", "end"):
            if not await self.faults(point):
                return web.Response(status=500)
        if self.visit.fault("error-event"):
            message = "The server had an error while processing your request. Sorry about that!"
            return refuse(self.visit, Refusal(500, message, code=None, type="server_error", param=None))
        self.is_complete = True
        if self.call.format == "text":
            return web.Response(text=f"{heard.text}\n")
        body: dict[str, Any] = {"text": heard.text, "usage": self.usage}
        if self.call.format == "verbose_json":
            language = LANGUAGES.get(self.language(heard), "english")
            body |= {"task": "transcribe", "language": language, "duration": self.seconds, "segments": []}
        body |= self.languages(heard)
        self.visit.note("out", "transcript", body=as_json(body))
        return web.json_response(body, dumps=as_json)

    @property
    def usage(self) -> dict[str, Any]:
        """What the service would charge for."""
        return {"type": "duration", "seconds": math.ceil(self.seconds)}

    def languages(self, heard: Heard) -> dict[str, Any]:
        """Return the detected languages, if the model reports them."""
        if not takes_keywords(self.call.model):
            return {}
        return {"languages": [{"code": self.language(heard)}] if heard.text else []}

    def language(self, heard: Heard) -> str:
        """Return the code of the language that was spoken."""
        return (heard.language or next(iter(self.call.languages), "en")).partition("-")[0]

    async def faults(self, point: str) -> bool:
        """Apply the faults of this point; return False if they end the response."""
        if self.visit.fault("hang", point=point):
            await self.visit.hang()
        if self.visit.fault("drop", point=point):
            self.visit.cut()
            return False
        return True


class _Stream(_Whole):
    """Sends a transcript as events."""

    async def send(self, heard: Heard) -> web.StreamResponse:
        """Send it, unless a fault prevents that."""
        from aiohttp import web

        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(self.visit.request)
        try:
            await self._apply("start")
            for number, piece in enumerate(_PIECE.findall(heard.text)):
                await self._event(response, {"type": "transcript.text.delta", "delta": piece})
                if not number:
                    await self._apply("middle")
                    if self.visit.fault("error-event"):
                        await self._event(response, {"type": "error", "error": _error()})
                        raise _Over
            await self._apply("end")
            done = {"type": "transcript.text.done", "text": heard.text, "usage": self.usage}
            await self._event(response, done | self.languages(heard))
            self.is_complete = True
        except _Over:
            return response
        await response.write_eof()
        return response

    async def _apply(self, point: str) -> None:
        if not await self.faults(point):
            raise _Over

    async def _event(self, response: web.StreamResponse, event: dict[str, Any]) -> None:
        data = as_json(event)
        self.visit.note("out", event["type"], body=data)
        await response.write(f"event: {event['type']}\ndata: {data}\n\n".encode())


def _error() -> dict[str, Any]:
    return {"type": "server_error", "code": None, "message": "The server had an error.", "param": None}
