"""The websocket connection of text to speech."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

from voicebot import AudioFormat, ProviderError
from voicebot_emulator.text_to_speech.ssml import Part, Refused, read, voice_of
from voicebot_emulator.text_to_speech.turn import Closed, OutputRequest, SpokenTurn
from voicebot_emulator.usp import UspMessage, decode

if TYPE_CHECKING:
    from aiohttp import web

    from voicebot_emulator.http.visit import Visit
    from voicebot_emulator.text_to_speech.catalogue import Voice

_FORMAT = re.compile(r"(raw|riff)-(\d+)(khz|hz)-16bit-mono-pcm")
_RATES = {8_000, 16_000, 22_050, 24_000, 44_100, 48_000}
_BOUNDARIES = {"wordBoundaryEnabled": "WordBoundary", "punctuationBoundaryEnabled": "PunctuationBoundary"}
_STANDARD = "raw-16khz-16bit-mono-pcm"
LARGEST_MESSAGE = 2**18  # bytes; a document may have 64 KB
_MOST_WAITING = 2**19  # characters that may wait to be spoken
_TURN_OVERHEAD = 1000  # characters that a turn counts for beside its text
_LONGEST_WORD = 1000  # characters
_TRY_AGAIN_LATER = 1013
_LONGEST_REASON = 123  # bytes, by the websocket's protocol


async def serve(visit: Visit) -> web.StreamResponse:
    """Speak what the client sends until it goes away."""
    from aiohttp import WSMsgType, web

    socket = web.WebSocketResponse(
        protocols=("USP",), compress=False, timeout=1.0, max_msg_size=LARGEST_MESSAGE
    )
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
                if connection.waiting > _MOST_WAITING:
                    await connection.refuse()
                    break
        speaking.cancel()
    return socket


class Connection:
    """Sorts one client's messages into turns, and speaks one after another."""

    def __init__(self, visit: Visit, socket: web.WebSocketResponse) -> None:
        self._visit = visit
        self._socket = socket
        self._region = visit.emulation.account.region
        self._turns: asyncio.Queue[SpokenTurn] = asyncio.Queue()
        self._unspoken: list[SpokenTurn] = []
        self._latest: SpokenTurn | None = None
        self._streamed: _StreamedText | None = None
        self._output: dict[str, Any] = {}

    def take(self, data: str | bytes) -> None:
        """Process the next message; `speak` does what it asks for."""
        try:
            message = decode(data)
            text = message.body if isinstance(message.body, str) else ""
            self._visit.note("in", message.path, headers=message.headers, body=text, size=len(data))
            self._sort(message, text)
        except ValueError:
            self._visit.note("in", "nonsense", size=len(data))
            self._begin(UspMessage(), "Message is invalid.")

    @property
    def waiting(self) -> int:
        """Characters waiting to be spoken."""
        return sum(turn.waiting + _TURN_OVERHEAD for turn in self._unspoken)

    async def refuse(self) -> None:
        """Close the connection because too much text is waiting."""
        await self._close(_TRY_AGAIN_LATER, "Too much text is waiting to be spoken.")

    async def speak(self) -> None:
        """Speak turn after turn until one closes the connection."""
        try:
            while True:
                turn = await self._turns.get()
                await turn.run()
                self._unspoken.remove(turn)
        except Closed as closed:
            await self._close(closed.code, closed.reason)
        except ProviderError as error:  # from the real voice
            await self._close(1011, str(error))
        except ConnectionError:
            self._visit.note("out", "lost")

    def _sort(self, message: UspMessage, text: str) -> None:
        match message.path:
            case "synthesis.context":
                synthesis = _part(message.json(), "synthesis")
                self._output = _part(synthesis, "audio")
                if (asked := _part(synthesis, "input")).get("bidirectionalStreamingMode"):
                    self._begin_streamed(message, asked)
            case "ssml":
                self._begin_ssml(message, text)
            case "text.piece" if self._streamed is not None:
                self._streamed.add(text)
            case "text.end" if self._streamed is not None:
                self._streamed.end()
                self._streamed = None
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

    def _begin_streamed(self, message: UspMessage, asked: dict[str, Any]) -> None:
        """Begin a turn whose text is still being written."""
        try:
            voice = voice_of(str(asked.get("voiceName") or "en-US-AvaMultilingualNeural"), self._region)
            if voice.family.name.startswith("openai"):
                raise Refused(f"Voice {voice.name} does not support text streaming.")
        except Refused as refused:
            self._begin(message, str(refused))
            return
        self._streamed = _StreamedText(
            self._begin(message), voice, str(asked.get("language") or voice.locale)
        )

    def _begin(self, message: UspMessage, refusal: str = "") -> SpokenTurn:
        try:
            output = _output_request(self._output)
        except Refused as refused:
            output, refusal = OutputRequest(AudioFormat(16_000)), str(refused)
        self._latest = SpokenTurn(self._visit, self._socket, message.request_id, output, refusal)
        self._unspoken.append(self._latest)
        self._turns.put_nowait(self._latest)
        return self._latest

    async def _close(self, code: int, reason: str) -> None:
        self._visit.note("out", "websocket close", body=f"{code} {reason}".strip())
        if code == 1006:
            self._visit.cut()
            return
        short = reason.encode()[:_LONGEST_REASON].decode(errors="ignore")
        await self._socket.close(code=code, message=short.encode())


class _StreamedText:
    """Streamed text in pieces of any size, spoken in whole words."""

    def __init__(self, turn: SpokenTurn, voice: Voice, language: str) -> None:
        self._turn = turn
        self._voice = voice
        self._language = language
        self._rest = ""

    def add(self, text: str) -> None:
        whole, space, self._rest = (self._rest + text).rpartition(" ")
        if len(self._rest) > _LONGEST_WORD:
            whole, space, self._rest = whole + space + self._rest, "", ""
        if whole.strip():
            self._turn.add(Part(self._voice, self._language, (whole + space,), last=False))

    def end(self) -> None:
        pieces = (self._rest,) if self._rest.strip() else ()
        self._turn.add(Part(self._voice, self._language, pieces))
        self._turn.end()


def _part(whole: dict[str, Any], name: str) -> dict[str, Any]:
    part = whole.get(name, {})
    if not isinstance(part, dict):
        raise ValueError(f"{name} is not a JSON object")
    return part


def _output_request(output: dict[str, Any]) -> OutputRequest:
    written = str(output.get("outputFormat", _STANDARD))
    match = _FORMAT.fullmatch(written)
    rate = int(match[2]) * (1000 if match[3] == "khz" else 1) if match else 0
    if match is None or rate not in _RATES:
        raise Refused(f"Unsupported output format {written}.")
    options = output.get("metadataOptions")
    options = options if isinstance(options, dict) else {}
    return OutputRequest(
        AudioFormat(rate),
        riff=match[1] == "riff",
        boundaries=frozenset(name for option, name in _BOUNDARIES.items() if options.get(option)),
        session_end=options.get("sessionEndEnabled", True),
    )
