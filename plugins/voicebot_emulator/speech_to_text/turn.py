"""One turn of speech to text: receive sound, and send what was said."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, assert_never

from voicebot import AudioFormat
from voicebot_emulator.script import Heard
from voicebot_emulator.speech_to_text import messages
from voicebot_emulator.speech_to_text.inbox import Commit, Inbox, Input
from voicebot_emulator.speech_to_text.request import (
    RecognitionRequest,
    read_wave_header,
    sound_after_header,
)
from voicebot_emulator.speech_to_text.segments import Began, Continued, Ended, Segment, Segments, Silent
from voicebot_emulator.speech_to_text.transcription import Transcriber, open_transcriber
from voicebot_emulator.usp import text_message

if TYPE_CHECKING:
    from aiohttp import web

    from voicebot_emulator.http.visit import Visit


class ConnectionClosed(Exception):
    """A fault or the client has closed the connection."""


@dataclass(frozen=True, slots=True)
class _Settled:
    """A segment whose transcript is to be sent at `due`; nothing was said in it if `heard` is None."""

    due: float
    ended: Ended
    heard: Awaitable[Heard] | None
    token: str = ""


_Output: TypeAlias = tuple[str, dict[str, Any]] | _Settled


class RecognitionTurn:
    """Recognises sound up to an empty message, which ends it."""

    def __init__(
        self, visit: Visit, socket: web.WebSocketResponse, request: RecognitionRequest, request_id: str
    ) -> None:
        self._inbox = Inbox()
        self._visit = visit
        self._emulation = visit.emulation
        self._socket = socket
        self._request = request
        self._request_id = request_id
        self._outbox: asyncio.Queue[_Output | None] = asyncio.Queue()
        self._begun = 0.0
        self._sent_text = ""

    async def take(self, item: Input) -> None:
        """Take in sound (the wave header first, empty sound last) and commits; wait while much is queued.

        What comes after the end of the turn is dropped.
        """
        await self._inbox.put(item)

    async def run(self) -> None:
        """Serve the turn to its end.

        Raises:
            ValueError: the client sent a malformed message.
            ConnectionClosed: a fault or the client closed the connection.
        """
        try:
            await self._run()
        finally:
            self._inbox.close()

    async def _run(self) -> None:
        first = await self._inbox.get()
        if not isinstance(first, bytes):
            raise ValueError("audio.commit before any sound")
        if not first:  # the client changed its mind
            await self._say("turn.start", {"context": {"serviceTag": uuid.uuid4().hex}})
            await self._say("turn.end", {})
            return
        sound = AudioFormat(read_wave_header(first))
        async with open_transcriber(self._emulation, self._request, sound) as transcriber:
            await self._fault("start", transcriber)
            await self._say("turn.start", {"context": {"serviceTag": uuid.uuid4().hex}})
            sending = asyncio.create_task(self._send_all(transcriber), name="emulator: send")
            hearing = asyncio.create_task(
                self._hear_all(transcriber, sound, sound_after_header(first)), name="emulator: hear"
            )
            try:
                await asyncio.wait([sending, hearing], return_when=asyncio.FIRST_COMPLETED)
                if not sending.done():
                    hearing.result()
                await sending
            finally:
                hearing.cancel()
                sending.cancel()
                await asyncio.wait([sending, hearing])

    async def _hear_all(self, transcriber: Transcriber, sound: AudioFormat, item: Input) -> None:
        request = self._request
        segments = Segments(
            sound, silence=request.silence, longest=request.longest, patience=request.initial_silence
        )
        while True:
            if isinstance(item, Commit):
                await self._commit(transcriber, segments, item.token)
            else:
                for segment in segments.hear(item):
                    await self._take(transcriber, segment)
            item = await self._inbox.get()
            if item == b"":
                break
        if ended := segments.end():
            await self._settle(transcriber, ended, committed=True)
        self._outbox.put_nowait(("speech.endDetected", {"Offset": messages.ticks(segments.now)}))
        self._outbox.put_nowait(("speech.phrase", messages.no_words("EndOfDictation", segments.now, 0.0)))
        self._outbox.put_nowait(None)

    async def _commit(self, transcriber: Transcriber, segments: Segments, token: str) -> None:
        if ended := segments.end():
            await self._settle(transcriber, ended, committed=True, token=token)
            return
        at = Ended(segments.now, 0.0, 0.0)
        self._outbox.put_nowait(_Settled(asyncio.get_running_loop().time(), at, None, token))

    async def _take(self, transcriber: Transcriber, segment: Segment) -> None:
        match segment:
            case Began(at, audio):
                self._begun, self._sent_text = at, ""
                self._outbox.put_nowait(("speech.startDetected", {"Offset": messages.ticks(at)}))
                await transcriber.begin(audio)
            case Continued(audio, seconds):
                text = await transcriber.hear(audio, seconds)
                if text and text != self._sent_text:
                    self._sent_text = text
                    body = messages.hypothesis(self._request, text, self._begun, seconds)
                    self._outbox.put_nowait(("speech.hypothesis", body))
            case Ended():
                await self._settle(transcriber, segment, committed=False)
            case Silent(at, seconds):
                body = messages.no_words("InitialSilenceTimeout", at, seconds)
                self._outbox.put_nowait(("speech.phrase", body))
            case _:
                assert_never(segment)

    async def _settle(
        self, transcriber: Transcriber, ended: Ended, *, committed: bool, token: str = ""
    ) -> None:
        """Send the transcript of a segment, as late as the script, the latency and faults demand."""
        heard = await transcriber.end()
        latency = self._emulation.latency.draw("stt.final")
        wanted = 0.0
        if isinstance(heard, asyncio.Future) and heard.done() and not heard.cancelled():
            wanted = heard.result().final_after
        delay = wanted + max(0.0, latency - ended.waited)
        if not committed:  # the silence that ended the segment has already passed
            delay = max(0.0, wanted + latency - ended.waited)
        if fault := self._visit.fault("late-final"):
            delay += float(fault.value)
        self._outbox.put_nowait(_Settled(asyncio.get_running_loop().time() + delay, ended, heard, token))

    async def _send_all(self, transcriber: Transcriber) -> None:
        first_hypothesis = True
        while (output := await self._outbox.get()) is not None:
            if isinstance(output, _Settled):
                await self._send_settled(transcriber, output)
            else:
                await self._say(*output)
            path = "speech.phrase" if isinstance(output, _Settled) else output[0]
            if path == "speech.phrase" and self._request.once:
                break
            if path == "speech.hypothesis" and first_hypothesis:
                first_hypothesis = False
                await self._fault("middle", transcriber)
        await self._say("turn.end", {})

    async def _send_settled(self, transcriber: Transcriber, settled: _Settled) -> None:
        await asyncio.sleep(settled.due - asyncio.get_running_loop().time())
        ended = settled.ended
        if settled.heard is None:
            body = messages.no_words("NoMatch", ended.at, 0.0)
        else:
            heard = await settled.heard
            await self._fault("end", transcriber)
            body = messages.phrase(self._request, heard, ended)
        if settled.token:
            body["clientAudioMetadata"] = {"X-Client-Commit-Token": settled.token}
        if self._request.once:
            await self._say("speech.endDetected", {"Offset": body["Offset"] + body["Duration"]})
        await self._say("speech.phrase", body)
        if settled.heard is not None:
            transcriber.mark_sent()

    async def _say(self, path: str, body: dict[str, Any]) -> None:
        message = text_message(path, self._request_id, body)
        self._visit.note("out", path, body=message.partition("\r\n\r\n")[2])
        try:
            await self._socket.send_str(message)
        except ConnectionError as error:
            raise ConnectionClosed from error

    async def _fault(self, point: str, transcriber: Transcriber) -> None:
        """Apply the faults of this point; what was not sent is recognised again afterwards."""
        visit = self._visit
        if visit.fault("hang", point=point):
            transcriber.give_back()
            await visit.hang()
        if visit.fault("drop", point=point):
            transcriber.give_back()
            visit.cut()
            raise ConnectionClosed
        if fault := visit.fault("close", point=point):
            transcriber.give_back()
            if fault.value == "1006":
                visit.cut()
            else:
                await self._socket.close(code=int(fault.value), message=b"emulated")
            raise ConnectionClosed
