"""A client of the emulated text to speech."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from voicebot_emulator.server import Emulator
from voicebot_emulator.usp import UspMessage, decode

ID = "0123456789ABCDEF0123456789ABCDEF"


AVA = "en-US-AvaMultilingualNeural"


HD = "en-US-OnyxMultilingualNeuralHD"


TEXT = "Ahoy, matey! It's me."


def ssml(text: str, voice: str = AVA) -> str:
    return (
        '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en-US">'
        f'<voice name="{voice}">{text}</voice></speak>'
    )


def context(format: str = "raw-24khz-16bit-mono-pcm", *, words: bool = True, **more: Any) -> dict[str, Any]:
    wanted = {"wordBoundaryEnabled": words, "punctuationBoundaryEnabled": words, "sessionEndEnabled": True}
    return {"synthesis": {"audio": {"outputFormat": format, "metadataOptions": wanted}, **more}}


class Client:
    """Somebody who speaks the protocol without the SDK."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def send(self, path: str, body: object = "", request: str = ID) -> None:
        text = body if isinstance(body, str) else json.dumps(body)
        await self._socket.send_str(f"Path:{path}\r\nX-RequestId:{request}\r\n\r\n{text}")

    async def receive(self) -> UspMessage | None:
        message = await self._socket.receive(10)
        return decode(message.data) if isinstance(message.data, str | bytes) else None

    async def turn(self) -> list[UspMessage]:
        """Return the messages of a turn, or those before the connection was closed."""
        messages: list[UspMessage] = []
        while (message := await self.receive()) is not None:
            messages.append(message)
            if message.path == "turn.end":
                break
        return messages

    @property
    def closed(self) -> int | None:
        return self._socket.close_code


@asynccontextmanager
async def client(emulator: Emulator) -> AsyncIterator[Client]:
    address = f"http://127.0.0.1:{emulator.port}/tts/cognitiveservices/websocket/v1"
    headers = {"Ocp-Apim-Subscription-Key": emulator.account.speech_key}
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(address, headers=headers, protocols=["USP"]) as socket,
    ):
        assert socket.protocol == "USP"
        yield Client(socket)


def exchange(
    document: str, asked: dict[str, Any] | None = None, *faults: str, **emulator: Any
) -> tuple[list[UspMessage], int | None, Emulator]:
    """Return what is answered to one utterance, the code of a close, and the emulator."""

    async def scenario() -> tuple[list[UspMessage], int | None, Emulator]:
        async with Emulator(**emulator, faults=faults) as served, client(served) as someone:
            await someone.send("synthesis.context", asked or context())
            await someone.send("ssml", document)
            return await someone.turn(), someone.closed, served

    return asyncio.run(scenario())


def sound(messages: list[UspMessage]) -> bytes:
    return b"".join(message.body for message in messages if isinstance(message.body, bytes))


def metadata(messages: list[UspMessage]) -> list[dict[str, Any]]:
    return [message.json()["Metadata"][0] for message in messages if message.path == "audio.metadata"]
