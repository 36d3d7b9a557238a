"""A client of the emulated speech to text, and its sound."""

from __future__ import annotations

import asyncio
import json
import math
import struct
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from voicebot import (
    AudioFormat,
)
from voicebot_emulator.server import Emulator
from voicebot_emulator.usp import decode

_WAVE = struct.pack("<320h", *(round(8_000 * math.sin(math.pi * at / 16)) for at in range(320)))


HEADER = struct.pack(
    "<4sI4s4sIHHIIHH4sI", b"RIFF", 0, b"WAVE", b"fmt ", 16, 1, 1, 16_000, 32_000, 2, 16, b"data", 0
)


SOUND = AudioFormat(16_000)


CONTEXT = {"phraseDetection": {"mode": "CONVERSATION", "language": "en-US"}}


TURN = "0" * 32


ADDRESS = "/stt/speech/universal/v2"


COMMITTING = f"{ADDRESS}?setfeature=forcecommit"


def hum(seconds: float) -> bytes:
    return _WAVE * round(seconds / 0.02)


def silence(seconds: float) -> bytes:
    return bytes(640) * round(seconds / 0.02)


def run(scenario: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scenario)


class Client:
    """Speaks the protocol by hand."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, path: str, body: object = None, turn: str = TURN, **headers: str) -> None:
        given = {"Path": path, "X-RequestId": turn, **{k.replace("_", "-"): v for k, v in headers.items()}}
        head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
        await self.socket.send_str(f"{head}\r\n{json.dumps(body) if body is not None else ''}")

    async def sound(self, audio: bytes, turn: str = TURN) -> None:
        head = f"Path: audio\r\nX-RequestId: {turn}\r\nX-StreamId: 1\r\n".encode()
        await self.socket.send_bytes(len(head).to_bytes(2, "big") + head + audio)

    async def begin(self, context: object = CONTEXT) -> None:
        await self.say("speech.config", {"context": {}})
        await self.say("speech.context", context)
        await self.sound(HEADER)

    async def commit(self, token: int) -> None:
        await self.say("audio.commit", X_Client_Commit_Token=str(token))

    async def hear(self, *until: str) -> list[tuple[str, Any]]:
        """Return what the service says, to the first message of those paths."""
        messages: list[tuple[str, Any]] = []
        while not messages or messages[-1][0] not in until:
            message = await self.socket.receive(timeout=10)
            if message.type is not WSMsgType.TEXT:
                messages.append(("closed", self.socket.close_code))
                return messages
            decoded = decode(message.data)
            assert decoded.headers["x-requestid"] == TURN
            assert "application/json" in decoded.headers["content-type"]
            messages.append((decoded.path, decoded.json()))
        return messages

    async def phrase(self) -> Any:
        return (await self.hear("speech.phrase"))[-1][1]


@asynccontextmanager
async def connected(emulator: Emulator, path: str = COMMITTING) -> AsyncIterator[Client]:
    async with (
        ClientSession(headers={"Ocp-Apim-Subscription-Key": emulator.account.speech_key}) as session,
        session.ws_connect(f"ws://127.0.0.1:{emulator.port}{path}", protocols=["USP"]) as socket,
    ):
        assert socket.protocol == "USP"
        yield Client(socket)
