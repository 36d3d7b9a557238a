"""One transcription session: what the client sends, and what it is told in return."""

from __future__ import annotations

import asyncio
import base64
import binascii
import itertools
import math
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from voicebot import AudioFormat
from voicebot_emulator.audio import session_settings
from voicebot_emulator.audio.listening import Listener, delay_of, open_listening
from voicebot_emulator.audio.models import invalid, takes_keywords
from voicebot_emulator.audio.session_objects import item_of, session_of, too_short
from voicebot_emulator.audio.session_settings import RATE, SessionSettings
from voicebot_emulator.http.refusals import Refusal
from voicebot_emulator.http.visit import as_json
from voicebot_emulator.script import Heard

if TYPE_CHECKING:
    from aiohttp import web

    from voicebot_emulator.http.visit import Visit

_FORMAT = AudioFormat(RATE)
_SHORTEST = 0.1  # seconds
_TRANSCRIPT = "conversation.item.input_audio_transcription"


class SessionClosed(Exception):
    """A fault or the client has closed the connection."""


@dataclass(frozen=True, slots=True)
class _Final:
    """A transcript to be sent at `due`; `heard` is None if nothing was said."""

    item_id: str
    due: float
    heard: Awaitable[Heard] | None
    seconds: float


_Output: TypeAlias = dict[str, Any] | _Final


class RealtimeSession:
    """Transcribes what the client commits."""

    def __init__(self, visit: Visit, socket: web.WebSocketResponse) -> None:
        self._visit = visit
        self._socket = socket
        self._settings = SessionSettings()
        self._outbox: asyncio.Queue[_Output] = asyncio.Queue()
        self._open = AsyncExitStack()
        self._listener: Listener | None = None
        self._numbers = itertools.count(1)
        self._size = 0
        """Bytes since the last commit."""
        self._item_id = self._new_id("item")
        self._previous_id: str | None = None
        self._words: dict[str, str] = {}
        """What was sent of each item's transcript."""
        self._deltas = 0
        self._say("session.created", session=session_of(self._new_id("sess"), None))

    async def aclose(self) -> None:
        """Close the recogniser."""
        await self._open.aclose()

    async def take(self, event: dict[str, Any]) -> None:
        """Process an event of the client; a wrong one is answered with an error, and the session goes on."""
        kind = str(event.get("type"))
        sound = kind == "input_audio_buffer.append"
        audio = str(event.get("audio") or "")
        shown = event | ({"audio": f"{len(audio)} characters"} if sound else {})
        self._visit.note("in", kind, body=as_json(shown), size=len(audio))
        try:
            if kind == "session.update":
                await self._update(event)
            elif sound:
                await self._append(audio)
            elif kind == "input_audio_buffer.commit":
                await self._commit()
            elif kind == "input_audio_buffer.clear":
                self._size = 0
                self._say("input_audio_buffer.cleared")
            else:
                raise invalid(f"Invalid value: '{kind}'.", "invalid_value", "type")
        except Refusal as refusal:
            error = {"param": None, **refusal.error, "event_id": event.get("event_id")}
            self._say("error", error=error)

    async def send_all(self) -> None:
        """Send what the client is to be told, when it is due, until a fault ends that."""
        try:
            await self._faults("start")
            while True:
                output = await self._outbox.get()
                if isinstance(output, dict):
                    await self._send(output)
                else:
                    await self._send_final(output)
        except (SessionClosed, ConnectionError):
            return

    async def _update(self, event: dict[str, Any]) -> None:
        settings = session_settings.read(self._visit, event.get("session"))
        if settings.model and self._listener is None:
            transcriber = await self._open.enter_async_context(
                open_listening(self._visit.emulation, _FORMAT, settings.languages, settings.phrases)
            )
            self._listener = Listener(transcriber, _FORMAT)
        self._settings = settings
        self._say("session.updated", session=session_of(self._new_id("sess"), event["session"]))

    async def _append(self, encoded: str) -> None:
        try:
            audio = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            audio = b""
        if not audio or len(audio) % 2:
            message = "Invalid 'audio'. Expected base64-encoded audio bytes of whole samples."
            raise invalid(message, "invalid_value", "audio")
        self._size += len(audio)
        if self._listener is None:
            return
        words = await self._listener.hear(audio)
        if self._settings.live:
            self._add_words(self._item_id, words)

    async def _commit(self) -> None:
        seconds = _FORMAT.seconds_in(self._size)
        if self._settings.detects_turns:
            message = "The emulator does not detect turns: set 'turn_detection' to null."
            raise invalid(message, "invalid_value", "turn_detection")
        if seconds < _SHORTEST:
            raise too_short(seconds)
        item_id, self._size = self._item_id, 0
        self._say("input_audio_buffer.committed", item_id=item_id, previous_item_id=self._previous_id)
        for name in ("added", "done"):
            self._say(f"conversation.item.{name}", previous_item_id=self._previous_id, item=item_of(item_id))
        self._item_id, self._previous_id = self._new_id("item"), item_id
        if self._listener is None:
            return
        heard = await self._listener.end()
        due = asyncio.get_running_loop().time() + delay_of(self._visit, heard)
        self._outbox.put_nowait(_Final(item_id, due, heard, seconds))

    def _add_words(self, item_id: str, words: str) -> None:
        """Send the words that are new; what was sent cannot be corrected."""
        sent = self._words.get(item_id, "")
        if words.startswith(sent) and len(words) > len(sent):
            self._words[item_id] = words
            self._say(f"{_TRANSCRIPT}.delta", item_id=item_id, content_index=0, delta=words[len(sent) :])

    async def _send_final(self, final: _Final) -> None:
        await asyncio.sleep(final.due - asyncio.get_running_loop().time())
        heard = await final.heard if final.heard is not None else Heard(text="")
        if not self._deltas:  # a short utterance has a middle too
            self._deltas += 1
            await self._faults("middle")
        await self._faults("end")
        where = {"item_id": final.item_id, "content_index": 0}
        if self._visit.fault("error-event"):
            error = {
                "type": "server_error",
                "code": None,
                "message": "The transcription failed.",
                "param": None,
            }
            await self._send(self._event(f"{_TRANSCRIPT}.failed", **where, error=error))
            return
        sent = self._words.pop(final.item_id, "")
        if heard.text.startswith(sent) and (rest := heard.text[len(sent) :]):
            await self._send(self._event(f"{_TRANSCRIPT}.delta", **where, delta=rest))
        usage = {"type": "duration", "seconds": math.ceil(final.seconds)}
        done = self._event(f"{_TRANSCRIPT}.completed", **where, transcript=heard.text, usage=usage)
        if takes_keywords(self._settings.model):
            code = (heard.language or next(iter(self._settings.languages), "en")).partition("-")[0]
            done["languages"] = [{"code": code}] if heard.text else []
        await self._send(done)
        if final.heard is not None and self._listener is not None:
            self._listener.transcriber.mark_sent()

    def _say(self, kind: str, **fields: Any) -> None:
        self._outbox.put_nowait(self._event(kind, **fields))

    def _event(self, kind: str, **fields: Any) -> dict[str, Any]:
        return {"type": kind, "event_id": self._new_id("event"), **fields}

    async def _send(self, event: dict[str, Any]) -> None:
        data = as_json(event)
        self._visit.note("out", event["type"], body=data)
        await self._socket.send_str(data)
        if event["type"] == f"{_TRANSCRIPT}.delta" and not self._deltas:
            self._deltas += 1
            await self._faults("middle")

    async def _faults(self, point: str) -> None:
        """Apply the faults of this point."""
        fault = self._visit.fault("hang", "drop", "close", point=point)
        if fault is None:
            return
        if self._listener is not None:
            self._listener.transcriber.give_back()
        if fault.name == "hang":
            await self._visit.hang()
        if fault.name == "drop" or fault.value == "1006":
            self._visit.cut()
        else:
            await self._socket.close(code=int(fault.value), message=b"emulated")
        raise SessionClosed

    def _new_id(self, kind: str) -> str:
        return f"{kind}_{self._visit.number:04d}{next(self._numbers):08d}"
