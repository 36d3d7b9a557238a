"""Custom headers for a gateway: sent by the real SDK, and never shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from pydantic import ValidationError

from voicebot import FinalTranscript, Hints, Utterance
from voicebot_azure.account import SpeechAccount
from voicebot_azure.recognition.options import AzureRecognizerOptions
from voicebot_azure.recognition.recognizer import AzureRecognizer
from voicebot_azure.synthesis.options import AzureSynthesizerOptions
from voicebot_azure.synthesis.synthesizer import AzureSynthesizer
from voicebot_emulator.script import Script
from voicebot_emulator.server import Emulator

Account = Callable[[Emulator], dict[str, Any]]
Sound = Callable[[float], bytes]
SECRET = "Bearer very/secret+of=the gateway"


@asynccontextmanager
async def gateway(emulator: Emulator, heads: list[str]) -> AsyncIterator[int]:
    """Pass connections on to the emulator, and keep the request headers that open each."""

    async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65_536):
                target.write(data)
                await target.drain()
        target.close()

    async def serve(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            head = await source.readuntil(b"\r\n\r\n")
            heads.append(head.decode())
            there = await asyncio.open_connection("127.0.0.1", emulator.port)
            there[1].write(head)
            await asyncio.gather(pump(source, there[1]), pump(there[0], target))

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


def test_headers_are_sent_on_every_connection(account: Account, hum: Sound) -> None:
    async def scenario() -> list[str]:
        heads: list[str] = []
        async with Emulator(Script(heard=("Hello.",))) as emulator, gateway(emulator, heads) as port:
            options = account(emulator)
            options["endpoint"] = options["endpoint"].replace(str(emulator.port), str(port))
            options["headers"] = {"X-Gateway": SECRET}
            recognizer = AzureRecognizer(AzureRecognizerOptions(**options))
            await recognizer.start()
            async with recognizer.listen(Hints()) as recognition:
                await recognition.write(hum(0.3))
                await recognition.finish()
                finals = [event.text async for event in recognition if isinstance(event, FinalTranscript)]
            await recognizer.aclose()
            synthesizer = AzureSynthesizer(AzureSynthesizerOptions(**options))
            await synthesizer.start()
            assert [event async for event in synthesizer.synthesize(Utterance("Hello."))]
            await synthesizer.aclose()
        assert finals == ["Hello."]
        return heads

    heads = asyncio.run(scenario())
    assert len(heads) >= 2
    assert {head.split()[1].split("?")[0] for head in heads} >= {"/tts/cognitiveservices/websocket/v1"}
    assert all(f"X-Gateway: {SECRET}\r\n" in head for head in heads)


@pytest.mark.parametrize(
    "headers",
    [
        {"bad name": "x"},
        {"X-Evil": f"{SECRET}\r\nX-More: x"},
        {"X": f"{SECRET}é"},
        {"X-Gateway": SECRET, "x-gateway": SECRET},
    ],
)
def test_headers_that_cannot_be_sent_are_rejected_without_showing_them(headers: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="header") as raised:
        SpeechAccount.model_validate({"key": "k", "region": "swedencentral", "headers": headers})
    assert SECRET not in str(raised.value)


def test_headers_are_never_shown() -> None:
    account = SpeechAccount.model_validate(
        {"key": "k", "region": "swedencentral", "headers": {"X-Gateway": SECRET}}
    )
    assert SECRET not in f"{account!r} {account} {account.model_dump_json()}"
