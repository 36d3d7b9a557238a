"""Connecting through a proxy, with and without a login, with the real SDK."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from voicebot import FinalTranscript, Hints, ProviderError
from voicebot_azure.recognition.options import AzureRecognizerOptions
from voicebot_azure.recognition.recognizer import AzureRecognizer
from voicebot_emulator.script import Script
from voicebot_emulator.server import Emulator

Account = Callable[[Emulator], dict[str, Any]]
Sound = Callable[[float], bytes]
LOGIN = {"proxy_user": "me", "proxy_password": "swordfish"}


@asynccontextmanager
async def proxy(login: str | None = None) -> AsyncIterator[str]:
    """Connect the client to the address it asks for, if it has the required login."""

    async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65_536):
                target.write(data)
                await target.drain()
        target.close()

    async def serve(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        head = (await source.readuntil(b"\r\n\r\n")).decode()
        wanted = base64.b64encode(login.encode()).decode() if login else ""
        if wanted not in head:
            target.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            target.close()
            return
        host, _, port = head.split()[1].rpartition(":")
        there = await asyncio.open_connection(host, int(port))
        target.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.gather(pump(source, there[1]), pump(there[0], target))

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def heard(options: dict[str, Any], audio: bytes) -> list[str]:
    recognizer = AzureRecognizer(AzureRecognizerOptions(**options))
    await recognizer.start()
    try:
        async with recognizer.listen(Hints()) as recognition:
            await recognition.write(audio)
            await recognition.finish()
            return [event.text async for event in recognition if isinstance(event, FinalTranscript)]
    finally:
        await recognizer.aclose()


@pytest.mark.parametrize("login", [{}, LOGIN])
def test_speech_goes_through_the_proxy(login: dict[str, str], account: Account, hum: Sound) -> None:
    async def scenario() -> None:
        wanted = ":".join(login.values()) or None
        async with Emulator(Script(heard=("Hello.",))) as emulator, proxy(wanted) as address:
            options = {**account(emulator), "proxy": address, **login}
            assert await heard(options, hum(0.3)) == ["Hello."]

    asyncio.run(scenario())


@pytest.mark.parametrize("login", [{}, {**LOGIN, "proxy_password": "password"}])
def test_a_proxy_that_rejects_the_login_is_explained(
    login: dict[str, str], account: Account, hum: Sound
) -> None:
    async def scenario() -> None:
        async with Emulator(Script(heard=("Hello.",))) as emulator, proxy("me:swordfish") as address:
            options = {**account(emulator), "proxy": address, **login}
            with pytest.raises(ProviderError, match="set or correct `proxy_user`") as caught:
                await heard(options, hum(0.3))
        assert not caught.value.retryable
        assert "password" not in str(caught.value).replace("proxy_password", "")

    asyncio.run(scenario())
