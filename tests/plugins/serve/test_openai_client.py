"""The package `openai` as a client over a real socket."""

from __future__ import annotations

import asyncio
import base64
import json
from contextlib import suppress
from typing import Any

import openai
import pytest
import websockets

from voicebot import SecretStr, Settings
from voicebot_serve.options import LimitOptions, ServeOptions
from voicebot_serve.realtime.transport import RealtimeTransport

from .serving import serving

KEYED = ServeOptions(keys={"shop": SecretStr("sesame")})
LINE: Any = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hello"}]}


def client_of(port: int, key: str) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(api_key=key, websocket_base_url=f"ws://127.0.0.1:{port}/v1")


def test_it_is_answered_in_sound_and_words() -> None:
    async def run() -> None:
        size, words, kinds = 0, "", []
        async with (
            serving(
                KEYED, settings=Settings(system="Be brief."), transports=[RealtimeTransport()]
            ) as running,
            client_of(running.port, "sesame") as client,
            client.realtime.connect(model="bot") as connection,
        ):
            await connection.session.update(session={"type": "realtime", "instructions": "Rhyme."})
            await connection.conversation.item.create(item=LINE)
            await connection.response.create()
            async for event in connection:
                kinds.append(event.type)
                if event.type == "response.output_audio.delta":
                    size += len(base64.b64decode(event.delta))
                elif event.type == "response.output_audio_transcript.delta":
                    words += event.delta
                elif event.type == "response.done":
                    assert event.response.status == "completed"
                    break
        assert kinds[:2] == ["session.created", "session.updated"]
        assert words == "All right."
        assert size > 10_000

    asyncio.run(run())


def test_a_wrong_key_is_refused() -> None:
    async def run() -> None:
        async with (
            serving(KEYED, transports=[RealtimeTransport()]) as running,
            client_of(running.port, "guess") as client,
        ):
            with pytest.raises(websockets.InvalidStatus) as refused:
                async with client.realtime.connect(model="bot"):
                    pass
            assert refused.value.response.status_code == 401

    asyncio.run(run())


def test_a_page_is_told_why_it_is_refused() -> None:
    async def run() -> None:
        async with serving(KEYED, transports=[RealtimeTransport()]) as running:
            protocols: Any = ["realtime", "openai-insecure-api-key.guess"]
            url, origin = running.url("/v1/realtime"), f"http://127.0.0.1:{running.port}"
            async with websockets.connect(url, subprotocols=protocols, origin=origin) as socket:  # type: ignore[arg-type]
                event = json.loads(await socket.recv())
                with pytest.raises(websockets.ConnectionClosed):
                    await socket.recv()
            assert (event["type"], event["error"]["code"]) == ("error", "access")
            assert "guess" not in json.dumps(event)
            assert socket.close_code == 4401

    asyncio.run(run())


def test_a_client_that_sends_junk_is_given_up() -> None:
    options = ServeOptions(open=True, limits=LimitOptions(junk=2))

    async def run() -> None:
        async with (
            serving(options, transports=[RealtimeTransport()]) as running,
            websockets.connect(running.url("/v1/realtime")) as socket,
        ):
            for message in ("?", '{"type": "response.cancel"}', "{}", "5", "[]"):
                await socket.send(message)
            events: list[dict[str, Any]] = []
            with suppress(websockets.ConnectionClosed):
                async for message in socket:
                    events += [json.loads(message)]
        codes = [event["error"]["code"] for event in events if event["type"] == "error"]
        assert codes == ["invalid_json", "response_cancel_not_active", "invalid_value", "invalid_json"]
        assert socket.close_code == 1008

    asyncio.run(run())
