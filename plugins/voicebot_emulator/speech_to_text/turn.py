"""One turn of speech to text: sound comes in, what was said goes out, each in its own time."""

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
from voicebot_emulator.speech_to_text.segments import Began, Ended, Goes, Segment, Segments, Silent
from voicebot_emulator.speech_to_text.transcription import Transcriber, transcriber
from voicebot_emulator.usp import text_message

if TYPE_CHECKING:
    from aiohttp import web

    from voicebot_emulator.http.visit import Visit


class ConnectionClosed(Exception):
    """A fault has closed the connection, or the client has."""


@dataclass(frozen=True, slots=True)
class _Settled:
    """A segment whose transcript is to be told at `due`; nothing was said in it if `heard` is None."""

    due: float
    ended: Ended
    heard: Awaitable[Heard] | None
    token: str = ""


_Output: TypeAlias = tuple[str, dict[str, Any]] | _Settled


class RecognitionTurn:
    """Recognises from the first sound to the end of the sound, which is an empty message."""

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
        self._told = ""

    async def take(self, item: Input) -> None:
        """Take in sound (the wave header first, empty sound last) and commits; wait while much is queued.

        What comes after the end of the turn is dropped.
        """
        await self._inbox.put(item)

    async def run(self) -> None:
        """Serve the turn to its end.

        Raises:
            ValueError: what the client sends is malformed.
            ConnectionClosed: a fault, or the client, ended the connection.
        """
        try:
            await self._run()
        finally:
            self._inbox.close()

    async def _run(self) -> None:
        first = await self._inbox.get()
        if not isinstance(first, bytes):
            raise ValueError("audio.commit before any sound")
        if not first:  # the client has changed its mind
            await self._say("turn.start", {"context": {"serviceTag": uuid.uuid4().hex}})
            await self._say("turn.end", {})
            return
        sound = AudioFormat(read_wave_header(first))
        async with transcriber(self._emulation, self._request, sound) as understands:
            await self._fault("start", understands)
            await self._say("turn.start", {"context": {"serviceTag": uuid.uuid4().hex}})
            telling = asyncio.create_task(self._tell_all(understands), name="emulator: tell")
            hearing = asyncio.create_task(
                self._hear_all(understands, sound, sound_after_header(first)), name="emulator: hear"
            )
            try:
                await asyncio.wait([telling, hearing], return_when=asyncio.FIRST_COMPLETED)
                if not telling.done():
                    hearing.result()
                await telling
            finally:
                hearing.cancel()
                telling.cancel()
                await asyncio.wait([telling, hearing])

    async def _hear_all(self, understands: Transcriber, sound: AudioFormat, item: Input) -> None:
        request = self._request
        segments = Segments(
            sound, silence=request.silence, longest=request.longest, patience=request.initial_silence
        )
        while True:
            if isinstance(item, Commit):
                await self._commit(understands, segments, item.token)
            else:
                for segment in segments.hear(item):
                    await self._take(understands, segment)
            item = await self._inbox.get()
            if item == b"":
                break
        if ended := segments.end():
            await self._settle(understands, ended, committed=True)
        self._outbox.put_nowait(("speech.endDetected", {"Offset": messages.ticks(segments.now)}))
        self._outbox.put_nowait(("speech.phrase", messages.nothing("EndOfDictation", segments.now, 0.0)))
        self._outbox.put_nowait(None)

    async def _commit(self, understands: Transcriber, segments: Segments, token: str) -> None:
        if ended := segments.end():
            await self._settle(understands, ended, committed=True, token=token)
            return
        at = Ended(segments.now, 0.0, 0.0)
        self._outbox.put_nowait(_Settled(asyncio.get_running_loop().time(), at, None, token))

    async def _take(self, understands: Transcriber, segment: Segment) -> None:
        match segment:
            case Began(at, audio):
                self._begun, self._told = at, ""
                self._outbox.put_nowait(("speech.startDetected", {"Offset": messages.ticks(at)}))
                await understands.begin(audio)
            case Goes(audio, seconds):
                text = await understands.hear(audio, seconds)
                if text and text != self._told:
                    self._told = text
                    body = messages.hypothesis(self._request, text, self._begun, seconds)
                    self._outbox.put_nowait(("speech.hypothesis", body))
            case Ended():
                await self._settle(understands, segment, committed=False)
            case Silent(at, seconds):
                body = messages.nothing("InitialSilenceTimeout", at, seconds)
                self._outbox.put_nowait(("speech.phrase", body))
            case _:
                assert_never(segment)

    async def _settle(
        self, understands: Transcriber, ended: Ended, *, committed: bool, token: str = ""
    ) -> None:
        """Tell the transcript of a segment, as late as script, latency and faults want it."""
        heard = await understands.end()
        latency = self._emulation.latency.draw("stt.final")
        wanted = 0.0
        if isinstance(heard, asyncio.Future) and heard.done() and not heard.cancelled():
            wanted = heard.result().final_after
        delay = wanted + max(0.0, latency - ended.waited)
        if not committed:  # the silence that ended the segment has passed already
            delay = max(0.0, wanted + latency - ended.waited)
        if fault := self._visit.fault("late-final"):
            delay += float(fault.value)
        self._outbox.put_nowait(_Settled(asyncio.get_running_loop().time() + delay, ended, heard, token))

    async def _tell_all(self, understands: Transcriber) -> None:
        first_hypothesis = True
        while (output := await self._outbox.get()) is not None:
            if isinstance(output, _Settled):
                await self._tell_settled(understands, output)
            else:
                await self._say(*output)
            path = "speech.phrase" if isinstance(output, _Settled) else output[0]
            if path == "speech.phrase" and self._request.once:
                break
            if path == "speech.hypothesis" and first_hypothesis:
                first_hypothesis = False
                await self._fault("middle", understands)
        await self._say("turn.end", {})

    async def _tell_settled(self, understands: Transcriber, settled: _Settled) -> None:
        await asyncio.sleep(settled.due - asyncio.get_running_loop().time())
        ended = settled.ended
        if settled.heard is None:
            body = messages.nothing("NoMatch", ended.at, 0.0)
        else:
            heard = await settled.heard
            await self._fault("end", understands)
            body = messages.phrase(self._request, heard, ended)
        if settled.token:
            body["clientAudioMetadata"] = {"X-Client-Commit-Token": settled.token}
        if self._request.once:
            await self._say("speech.endDetected", {"Offset": body["Offset"] + body["Duration"]})
        await self._say("speech.phrase", body)
        if settled.heard is not None:
            understands.told()

    async def _say(self, path: str, body: dict[str, Any]) -> None:
        message = text_message(path, self._request_id, body)
        self._visit.note("out", path, body=message.partition("\r\n\r\n")[2])
        try:
            await self._socket.send_str(message)
        except ConnectionError as error:
            raise ConnectionClosed from error

    async def _fault(self, point: str, understands: Transcriber) -> None:
        """Let a fault happen that is set for this point; what was not told is heard again afterwards."""
        visit = self._visit
        if visit.fault("hang", point=point):
            understands.give_back()
            await visit.hang()
        if visit.fault("drop", point=point):
            understands.give_back()
            visit.cut()
            raise ConnectionClosed
        if fault := visit.fault("close", point=point):
            understands.give_back()
            if fault.value == "1006":
                visit.cut()
            else:
                await self._socket.close(code=int(fault.value), message=b"emulated")
            raise ConnectionClosed
