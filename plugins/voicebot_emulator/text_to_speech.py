"""Azure text to speech: the websocket that speaks."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

from voicebot import AudioFormat, ProviderError
from voicebot_emulator.ssml import Part, Refused, read, voice_of
from voicebot_emulator.usp import UspMessage, decode
from voicebot_emulator.utterance import Closed, SpokenTurn, Wanted

if TYPE_CHECKING:
    from aiohttp import web

    from voicebot_emulator.catalogue import Voice
    from voicebot_emulator.server import Visit

_FORMAT = re.compile(r"(raw|riff)-(\d+)(khz|hz)-16bit-mono-pcm")
_RATES = {8_000, 16_000, 22_050, 24_000, 44_100, 48_000}
_BOUNDARIES = {"wordBoundaryEnabled": "WordBoundary", "punctuationBoundaryEnabled": "PunctuationBoundary"}
_STANDARD = "raw-16khz-16bit-mono-pcm"
_LONGEST_REASON = 123  # bytes, by the websocket's protocol


async def serve(visit: Visit) -> web.StreamResponse:
    """Speak what is sent until the client goes away."""
    from aiohttp import WSMsgType, web

    socket = web.WebSocketResponse(protocols=("USP",), compress=False, timeout=1.0)
    try:
        await socket.prepare(visit.request)
    except ConnectionError:  # the client changed its mind
        visit.cut()
        return web.Response()
    connection = Connection(visit, socket)
    async with asyncio.TaskGroup() as tasks:
        speaking = tasks.create_task(connection.speak(), name="emulator: speak")
        async for message in socket:
            if message.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
                connection.take(message.data)
        speaking.cancel()
    return socket


class Connection:
    """What one client says, sorted into turns, which are spoken one after the other."""

    def __init__(self, visit: Visit, socket: web.WebSocketResponse) -> None:
        self._visit = visit
        self._socket = socket
        self._region = visit.emulator.account.region
        self._turns: asyncio.Queue[SpokenTurn] = asyncio.Queue()
        self._latest: SpokenTurn | None = None
        self._writing: _Writing | None = None
        self._output: dict[str, Any] = {}

    def take(self, data: str | bytes) -> None:
        """Take the next message; what it asks for is done by `speak`."""
        try:
            message = decode(data)
            text = message.body if isinstance(message.body, str) else ""
            self._visit.note("in", message.path, headers=message.headers, body=text, size=len(data))
            self._sort(message, text)
        except ValueError:
            self._visit.note("in", "nonsense", size=len(data))
            self._begin(UspMessage(), "Message is invalid.")

    async def speak(self) -> None:
        """Speak turn after turn, until one closes the connection."""
        try:
            while True:
                turn = await self._turns.get()
                await turn.run()
        except Closed as closed:
            await self._close(closed.code, closed.reason)
        except ProviderError as error:  # the voice behind the emulator
            await self._close(1011, str(error))
        except ConnectionError:
            self._visit.note("out", "lost")

    def _sort(self, message: UspMessage, text: str) -> None:
        match message.path:
            case "synthesis.context":
                synthesis = message.json().get("synthesis", {})
                self._output = synthesis.get("audio", {})
                if (asked := synthesis.get("input", {})).get("bidirectionalStreamingMode"):
                    self._begin_writing(message, asked)
            case "ssml":
                self._begin_ssml(message, text)
            case "text.piece" if self._writing is not None:
                self._writing.add(text)
            case "text.end" if self._writing is not None:
                self._writing.end()
                self._writing = None
            case "synthesis.control" if message.json().get("action") == "stop" and self._latest is not None:
                self._latest.stop()

    def _begin_ssml(self, message: UspMessage, ssml: str) -> None:
        try:
            parts = read(ssml, self._region)
        except Refused as refused:
            self._begin(message, str(refused))
            return
        turn = self._begin(message)
        for part in parts:
            turn.add(part)
        turn.end()

    def _begin_writing(self, message: UspMessage, asked: dict[str, Any]) -> None:
        """Begin a turn whose text is still being written."""
        try:
            voice = voice_of(asked.get("voiceName") or "en-US-AvaMultilingualNeural", self._region)
            if voice.family.name.startswith("openai"):
                raise Refused(f"Voice {voice.name} does not support text streaming.")
        except Refused as refused:
            self._begin(message, str(refused))
            return
        self._writing = _Writing(self._begin(message), voice, asked.get("language") or voice.locale)

    def _begin(self, message: UspMessage, trouble: str = "") -> SpokenTurn:
        try:
            wanted = _wanted(self._output)
        except Refused as refused:
            wanted, trouble = Wanted(AudioFormat(16_000)), str(refused)
        self._latest = SpokenTurn(self._visit, self._socket, message.request_id, wanted, trouble)
        self._turns.put_nowait(self._latest)
        return self._latest

    async def _close(self, code: int, reason: str) -> None:
        self._visit.note("out", "websocket close", body=f"{code} {reason}".strip())
        if code == 1006:
            self._visit.cut()
            return
        short = reason.encode()[:_LONGEST_REASON].decode(errors="ignore")
        await self._socket.close(code=code, message=short.encode())


class _Writing:
    """Text that comes in pieces of any size, spoken by whole words."""

    def __init__(self, turn: SpokenTurn, voice: Voice, language: str) -> None:
        self._turn = turn
        self._voice = voice
        self._language = language
        self._rest = ""

    def add(self, text: str) -> None:
        whole, space, self._rest = (self._rest + text).rpartition(" ")
        if whole.strip():
            self._turn.add(Part(self._voice, self._language, (whole + space,), last=False))

    def end(self) -> None:
        pieces = (self._rest,) if self._rest.strip() else ()
        self._turn.add(Part(self._voice, self._language, pieces))
        self._turn.end()


def _wanted(output: dict[str, Any]) -> Wanted:
    written = output.get("outputFormat", _STANDARD)
    match = _FORMAT.fullmatch(written)
    rate = int(match[2]) * (1000 if match[3] == "khz" else 1) if match else 0
    if match is None or rate not in _RATES:
        raise Refused(f"Unsupported output format {written}.")
    options = output.get("metadataOptions", {})
    return Wanted(
        AudioFormat(rate),
        riff=match[1] == "riff",
        boundaries=frozenset(name for option, name in _BOUNDARIES.items() if options.get(option)),
        session_end=options.get("sessionEndEnabled", True),
    )
