"""Coming back as it is served: over real sockets, to another server that shares the store."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from tests.plugins.serve.serving import Running, serving
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from voicebot import SecretStr
from voicebot_serve.app import installed_transports
from voicebot_serve.options import ServeOptions
from voicebot_serve.store.embedded import EmbeddedStore
from voicebot_serve.store.keeper import Keeper
from voicebot_serve.store.redis_store import RedisStore

from .returning_client import ReturningClient, type_line, until

SHOP = {"Authorization": "Bearer sesame"}
STORE_KEY = "0123456789abcdef0123456789abcdef"
KEYS = {"shop": SecretStr("sesame"), "rival": SecretStr("alibaba")}


async def opened(running: Running, token: str = "", headers: dict[str, str] | None = None) -> dict[str, Any]:
    """Return what a client is told when it connects, and hang up."""
    offered = ["realtime", "voicebot.v1"] + ([f"voicebot.resume.{token}"] if token else [])
    url = running.url("/v1/realtime")
    async with connect(url, subprotocols=offered, additional_headers=headers or SHOP) as client:  # type: ignore[arg-type]
        event = json.loads(await client.recv())
        facts: dict[str, Any] = event["session"]["voicebot"] if "session" in event else event
        return facts


async def refused(running: Running, token: str, headers: dict[str, str] = SHOP) -> int:
    with pytest.raises(InvalidStatus) as error:
        await opened(running, token, headers)
    return error.value.response.status_code


def test_a_client_goes_on_on_another_server_and_nobody_else_with_its_token(tmp_path: Path) -> None:
    async def run() -> None:
        options, transports = ServeOptions(keys=KEYS), installed_transports()
        one, other = (Keeper(EmbeddedStore(tmp_path / "store.db")) for _ in range(2))
        async with (
            serving(options, transports=transports, keeper=one) as here,
            serving(options, transports=transports, keeper=other) as there,
        ):
            client = ReturningClient([here.url("/v1/realtime")], ["Hello."], SHOP)
            await client.run()
            facts = await opened(there, f"{client.token}.1")
            assert (facts["resumed"], facts["turns"]) == (True, 1)
            assert facts["messages"] == [
                {"role": "user", "text": "Hello."},
                {"role": "assistant", "text": "All right."},
            ]
            assert facts["resume"] != client.token
            assert await refused(here, facts["resume"], {"Authorization": "Bearer alibaba"}) == 410
            assert await refused(here, facts["resume"][:-1]) == 410
            assert (await opened(here, facts["resume"]))["turns"] == 1

    asyncio.run(run())


def test_no_token_is_given_where_nothing_is_kept() -> None:
    async def run() -> None:
        options = ServeOptions(keys=KEYS, resume=0)
        async with serving(options, transports=installed_transports()) as running:
            assert await opened(running) == {"events": True}

    asyncio.run(run())


def test_nothing_is_kept_of_a_client_that_cannot_come_back(tmp_path: Path) -> None:
    async def run() -> None:
        keeper = Keeper(EmbeddedStore(tmp_path / "store.db"))
        async with (
            serving(ServeOptions(keys=KEYS), transports=installed_transports(), keeper=keeper) as running,
            connect(
                running.url("/v1/realtime"), additional_headers=SHOP, subprotocols=["realtime"]
            ) as client,  # type: ignore[list-item]
        ):
            content = [{"type": "input_text", "text": "My card is 4929 1234 5678."}]
            item = {"type": "message", "role": "user", "content": content}
            await client.send(json.dumps({"type": "conversation.item.create", "item": item}))
            await client.send(json.dumps({"type": "response.create"}))
            async for message in client:
                if json.loads(message)["type"] == "response.done":
                    break

    asyncio.run(run())
    assert b"4929 1234 5678" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_a_page_is_told_to_begin_anew_or_to_try_again(redis_of_its_own) -> None:
    async def run() -> None:
        options, transports = ServeOptions(keys=KEYS), installed_transports()
        keeper = Keeper(RedisStore(redis_of_its_own.url, timeout=60))
        async with serving(options, transports=transports, keeper=keeper) as running:
            page = {**SHOP, "Origin": f"http://127.0.0.1:{running.port}"}
            token = (await opened(running))["resume"]
            codes: Sequence[str] = []
            wrong = f"{token.partition('.')[0]}.{'x' * 32}"
            codes = [(await opened(running, wrong, page))["error"]["code"]]
            redis_of_its_own.stop()
            codes = [*codes, (await opened(running, token, page))["error"]["code"]]
            assert codes == ["gone", "store"]
            assert (await opened(running))["turns"] == 0  # a new client with a key is let in all the same
            redis_of_its_own.start()

    asyncio.run(run())


@pytest.mark.slow
def test_redis_may_restart_during_a_conversation_and_shows_nobody_what_was_said(redis_of_its_own) -> None:
    async def run() -> None:
        options, transports = ServeOptions(keys=KEYS), installed_transports()
        one, other = (
            Keeper(RedisStore(redis_of_its_own.url, timeout=60), STORE_KEY, renew=0.01) for _ in "12"
        )
        async with (
            serving(options, transports=transports, keeper=one) as here,
            serving(options, transports=transports, keeper=other) as there,
            connect(
                here.url("/v1/realtime"),
                additional_headers=SHOP,
                subprotocols=["realtime", "voicebot.v1"],  # type: ignore[list-item]
            ) as client,
        ):
            token = (await until(client, "session.created"))["session"]["voicebot"]["resume"]
            await type_line(client, "My card is 4929 1234 5678.")
            await until(client, "response.done")
            redis_of_its_own.stop()
            await type_line(client, "Did you get that?")
            await until(client, "response.done")
            redis_of_its_own.start()  # with nothing in it
            redis = Redis.from_url(redis_of_its_own.url)
            while True:
                if keys := await redis.keys("voicebot:session:*"):
                    break
                await asyncio.sleep(0.01)  # `one` sees that nothing is there, and saves it again
            assert 0 < await redis.pttl(keys[0]) <= 600_000
            kept = await redis.hgetall(keys[0])
            assert not any(secret in b"".join(kept.values()) for secret in (b"4929 1234", token.encode()))
            await redis.hset(keys[0], "value", kept[b"value"][:-5] + b"AAAA=")  # by a stranger
            assert await refused(there, token) == 410
            await redis.hset(keys[0], mapping=kept)
            await redis.aclose()
            assert (await opened(there, f"{token}.2"))["turns"] == 2
            await client.wait_closed()
            assert client.close_code == 4409

    asyncio.run(run())
