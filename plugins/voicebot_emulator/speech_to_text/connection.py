"""The websocket connection of speech to text, which serves one turn after another."""

from __future__ import annotations

import asyncio
import logging
import traceback
from typing import TYPE_CHECKING

from voicebot_emulator.speech_to_text.inbox import Commit
from voicebot_emulator.speech_to_text.request import RecognitionRequest, read_context
from voicebot_emulator.speech_to_text.turn import ConnectionClosed, RecognitionTurn
from voicebot_emulator.usp import UspMessage, decode

if TYPE_CHECKING:
    from aiohttp import web

    from voicebot_emulator.http.visit import Visit

logger = logging.getLogger(__name__)
_MALFORMED, _BROKEN = 1007, 1011
_CLOSING_SECONDS = 0.5
LARGEST_MESSAGE = 2**20
"""Bytes."""
_COMMITS = "forcecommit"
"""The feature that a client asks for in its address if it wants to commit."""


async def serve(visit: Visit) -> web.StreamResponse:
    """Serve one connection until the client, a fault or a malformed message ends it."""
    from aiohttp import WSMsgType, web

    socket = web.WebSocketResponse(
        protocols=("USP",), compress=False, timeout=_CLOSING_SECONDS, max_msg_size=LARGEST_MESSAGE
    )
    if not socket.can_prepare(visit.request).ok:
        return web.Response(status=400, text="This address expects a websocket.")
    await socket.prepare(visit.request)
    connection = _Connection(visit, socket)
    try:
        async for message in socket:
            if message.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
                continue
            try:
                await connection.take(decode(message.data))
            except ValueError as error:
                await connection.refuse(error)
    finally:
        await connection.end()
    return socket


class _Connection:
    """The state of one connection, and its current turn."""

    def __init__(self, visit: Visit, socket: web.WebSocketResponse) -> None:
        self._visit = visit
        self._socket = socket
        self._commits = visit.emulation.script.commits and _COMMITS in _features(visit.request)
        self._configured = False
        self._request: RecognitionRequest | None = None
        self._turn: RecognitionTurn | None = None
        self._turn_id = ""
        self._task: asyncio.Task[None] | None = None

    async def take(self, message: UspMessage) -> None:
        """Process the next message.

        Raises:
            ValueError: the service would close the connection because of it.
        """
        match message:
            case UspMessage(body=bytes(body), path="audio"):
                self._visit.note("in", "audio", size=len(body))
                await self._audio(message.request_id, body)
            case UspMessage(body=str(text)):
                self._visit.note("in", message.path, headers=message.headers, body=text)
                await self._text(message)
            case _:
                raise ValueError(f"binary message of unknown path '{message.path}'")

    async def refuse(self, error: ValueError) -> None:
        """Close the connection because a message was malformed."""
        self._visit.note("out", "refusal", body=str(error))
        await self._socket.close(code=_MALFORMED, message=str(error).encode()[:120])

    async def end(self) -> None:
        """End the current turn."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _text(self, message: UspMessage) -> None:
        match message.path:
            case "speech.config":
                message.json()
                self._configured = True
            case "speech.context":
                request = self._visit.request
                mode = request.match_info.get("mode", "conversation")
                self._request = read_context(message.json(), request.query, mode)
            case "audio.commit" if self._commits:
                token = message.headers.get("x-client-commit-token", "")
                if not token.isdigit():
                    raise ValueError("audio.commit without a token")
                if self._turn is not None and message.request_id == self._turn_id:
                    await self._turn.take(Commit(token))
            case "":
                raise ValueError("a message without a path")
            case _:  # telemetry, messages of the program's own, commits without the feature
                pass

    async def _audio(self, request_id: str, audio: bytes) -> None:
        if not request_id:
            raise ValueError("sound without X-RequestId")
        if request_id != self._turn_id:
            self._begin(request_id)
        if self._turn is not None:
            await self._turn.take(audio)

    def _begin(self, request_id: str) -> None:
        if not self._configured:
            raise ValueError("sound before speech.config")
        # Clients of a container put all of it into the address
        request = self._request or read_context(
            {}, self._visit.request.query, self._visit.request.match_info.get("mode", "conversation")
        )
        if self._task is not None:
            self._task.cancel()
        self._turn_id = request_id
        self._turn = RecognitionTurn(self._visit, self._socket, request, request_id)
        self._task = asyncio.create_task(self._run(self._turn), name="emulator: turn")

    async def _run(self, turn: RecognitionTurn) -> None:
        try:
            await turn.run()
        except ConnectionClosed:
            pass
        except ValueError as error:
            await self.refuse(error)
        except Exception:
            hide = self._visit.emulation.journal.redaction
            logger.error("the emulator failed: %s", hide.text(traceback.format_exc()))
            await self._socket.close(code=_BROKEN)


def _features(request: web.Request) -> list[str]:
    """Return the preview features that the address asks for."""
    return request.query.getall("setfeature", [])
