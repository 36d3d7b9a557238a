"""Clients over real sockets: let in, talked to, refused, thrown out."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
from collections.abc import Mapping
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as websocket

from voicebot import SecretStr
from voicebot_serve.options import LimitOptions, ServeOptions

from .serving import FORMAT, Running, serving

KEYED = ServeOptions(keys={"shop": SecretStr("sesame"), "other": SecretStr("open it")})
SESAME = {"Authorization": "Bearer sesame"}


connect = functools.partial(websocket, max_queue=None)
"""Connect; sound that a test does not read must not keep the connection from being closed."""


async def is_answered(client: ClientConnection, line: str = "hello") -> bool:
    """Say a line; return whether the first sound of an answer comes."""
    await client.send(line)
    async for message in client:
        if isinstance(message, bytes):
            return True
    return False


async def closed(client: ClientConnection) -> tuple[int | None, str | None]:
    """Wait until the server closes a connection; return with what."""
    with contextlib.suppress(websockets.ConnectionClosed):
        while True:
            await client.recv()
    return client.close_code, client.close_reason


async def refused(url: str, **options: Any) -> tuple[int, str, Mapping[str, str]]:
    """Return status, text and headers with which a connection is refused."""
    with pytest.raises(websockets.InvalidStatus) as error:
        async with connect(url, **options):
            pass
    response = error.value.response
    return response.status_code, response.body.decode(), response.headers


def reached_as(running: Running, host: str | None, headers: Mapping[str, str]) -> websocket:
    """Connect by a name that leads to this machine."""
    if host is None:
        return connect(running.url(), additional_headers=headers)
    url = f"ws://{host}/line"
    return connect(url, host="127.0.0.1", port=running.port, additional_headers=headers)


async def token(running: Running, headers: Mapping[str, str] = SESAME) -> str:
    status, _, body = await running.get("/v1/realtime/client_secrets", "POST", headers)
    assert status == 200, body
    value: str = json.loads(body)["value"]
    return value


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_a_client_talks_and_hears_and_others_can_too() -> None:
    async def run() -> None:
        async with serving() as running, connect(running.url()) as one, connect(running.url()) as other:
            assert await is_answered(one)
            assert await is_answered(other)
            assert len(running.server.sessions) == 2
            await one.close()
            await other.close()
            await running.server.sessions.wait_until_empty()

    asyncio.run(run())


def test_row_13_a_client_that_falls_silent_is_given_up() -> None:
    async def run() -> None:
        limits = LimitOptions(idle=0.2)
        async with serving(ServeOptions(limits=limits)) as running, connect(running.url()) as client:
            await client.send("hello")
            assert await closed(client) == (1001, "nothing was sent for too long")

    asyncio.run(run())


def test_the_bot_is_chosen_by_path_or_by_model() -> None:
    async def run() -> None:
        two = {"first": ServeOptions(), "second": ServeOptions()}
        async with serving(two) as running:
            for path, name in (
                ("/line", "first"),
                ("/second/line", "second"),
                ("/line?model=second", "second"),
            ):
                async with connect(running.url(path)) as client:
                    await is_answered(client)
                    assert running.server.sessions.count_of(name) == 1
                await running.server.sessions.wait_until_empty()
            assert (await refused(running.url("/third/line")))[:2] == (
                404,
                "there is no bot of that name here\n",
            )
        async with serving() as running, connect(running.url("/line?model=gpt-realtime")) as client:
            assert await is_answered(client)

    asyncio.run(run())


def test_row_1_no_key_a_bad_one_and_used_or_foreign_tokens_are_refused() -> None:
    async def run() -> None:
        async with serving({"bot": KEYED, "two": KEYED}) as running:
            url = running.url()
            assert (await refused(url))[0] == 401
            assert (await refused(url, additional_headers=bearer("wrong")))[0] == 401
            once = await token(running)
            async with connect(url, additional_headers=bearer(once)) as client:
                assert await is_answered(client)
            assert (await refused(url, additional_headers=bearer(once)))[0] == 401
            for_bot = await token(running)
            assert (await refused(running.url("/two/line"), additional_headers=bearer(for_bot)))[0] == 401
            forged = for_bot[:-2] + ("AA" if for_bot[-2:] != "AA" else "BB")
            assert (await refused(url, additional_headers=bearer(forged)))[0] == 401
            async with connect(url, additional_headers=SESAME) as client:
                assert await is_answered(client)

    asyncio.run(run())


def test_row_1_a_used_token_is_refused_even_where_nobody_needs_one() -> None:
    async def run() -> None:
        async with serving() as running:
            once = bearer(await token(running, {}))
            async with connect(running.url(), additional_headers=once) as client:
                assert await is_answered(client)
            assert (await refused(running.url(), additional_headers=once))[0] == 401
            async with connect(running.url(), additional_headers=bearer("any key")) as client:
                assert await is_answered(client)

    asyncio.run(run())


def test_row_1_a_page_is_told_why_it_is_refused() -> None:
    async def run() -> None:
        async with serving(KEYED) as running:
            origin = f"http://127.0.0.1:{running.port}"
            async with connect(running.url(), additional_headers={"Origin": origin}) as client:
                assert json.loads(await client.recv()) == {"refused": "access"}
                assert await closed(client) == (4401, "a key or a token is needed")

    asyncio.run(run())


def test_row_2_foreign_pages_are_refused_and_listed_ones_are_not() -> None:
    async def run() -> None:
        options = ServeOptions(origins=("https://shop.example",))
        async with serving(options) as running:
            for origin, host, code in (
                ("https://evil.example", None, 4403),
                (f"http://127.0.0.1:{running.port + 1}", None, 4403),
                ("http://rebound.example", "rebound.example", 4403),
                ("null", None, 4403),
                ("https://shop.example", None, 0),
                (f"http://127.0.0.1:{running.port}", None, 0),
            ):
                async with reached_as(running, host, {"Origin": origin}) as client:
                    if code:
                        assert (await closed(client))[0] == code, origin
                    else:
                        assert await is_answered(client), origin

    asyncio.run(run())


def test_row_3_no_secret_reaches_the_log_the_metrics_or_an_answer(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "voicebot_serve")

    async def run() -> str:
        async with serving(KEYED) as running:
            once = await token(running)
            async with connect(running.url(), additional_headers=bearer(once)) as client:
                await is_answered(client)
            _, text, headers = await refused(running.url(), additional_headers=bearer(once))
            _, _, metrics = await running.get("/metrics")
            shown = f"{text} {headers} {metrics} {caplog.text}"
            assert once not in shown
            assert "without completing handshake" not in shown
            assert "sesame" not in shown
            return shown

    shown = asyncio.run(run())
    assert 'voicebot_refused_total{reason="access"} 1' in shown
    assert 'voicebot_spoken_characters_total{bot="' in shown
    assert "of token shop began" in shown


def test_row_5_long_fast_and_meaningless_messages_end_the_connection() -> None:
    async def run() -> None:
        limits = LimitOptions(message=100_000, junk=3)
        async with serving(ServeOptions(limits=limits)) as running:
            for messages, code in (
                ([b"x" * 100_001], 1009),
                ([b"\0" * FORMAT.bytes_in(1.0)] * 11, 1008),
                (["junk"] * 4, 1008),
            ):
                async with connect(running.url()) as client:
                    await client.send("hello")
                    for message in messages:
                        await client.send(message)
                    assert (await closed(client))[0] == code
            async with connect(running.url()) as client:
                for _ in range(3):
                    await client.send("junk" if _ else "hello")
                assert await is_answered(client, "hello again")
            _, _, metrics = await running.get("/metrics")
            for reason in ("size", "rate", "junk"):
                assert f'voicebot_dropped_total{{reason="{reason}"}} 1' in metrics

    asyncio.run(run())


def test_row_6_conversations_are_limited_by_key_by_address_and_in_all(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def run() -> None:
        limits = LimitOptions(per_key=2, per_address=3)
        keys = {"shop": SecretStr("sesame"), "other": SecretStr("open it")}
        async with serving(ServeOptions(keys=keys, limits=limits), most=3) as running:
            url, other = running.url(), bearer("open it")
            async with (
                connect(url, additional_headers=SESAME) as one,
                connect(url, additional_headers=SESAME) as two,
            ):
                for client in (one, two):
                    await is_answered(client)
                status, text, headers = await refused(url, additional_headers=SESAME)
                assert (status, headers["Retry-After"]) == (429, "10")
                assert "this key" in text
                assert (await refused(url, additional_headers=bearer(await token(running))))[0] == 429
                (line,) = caplog.messages  # and not one for each client
                assert "bot refuses clients, the last one from 127.0.0.1 (key shop)" in line
                assert "`serve.limits.per_key` of the config is 2; raise it" in line
                async with connect(url, additional_headers=other) as three:
                    await is_answered(three)
                    status, text, _ = await refused(url, additional_headers=other)
                    assert (status, "server can hold" in text) == (503, True)
                    assert "--max-conversations is 3; raise it" in caplog.messages[-1]
                    assert "sesame" not in caplog.text
            await running.server.sessions.wait_until_empty()
            async with connect(url, additional_headers=SESAME) as client:
                await is_answered(client)

    asyncio.run(run())


def test_row_8_a_transport_that_breaks_tells_the_client_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        async with serving() as running, connect(running.url()) as client:
            await client.send("break")
            assert await closed(client) == (1011, "something went wrong")

    asyncio.run(run())
    assert "the transport line broke" in caplog.text


def test_row_14_tokens_are_limited_by_address_unless_a_key_asks_and_give_no_tokens() -> None:
    async def run() -> None:
        async with serving(ServeOptions(open=True)) as running:
            statuses = [(await running.get("/v1/realtime/client_secrets", "POST"))[0] for _ in range(40)]
            assert (statuses[0], statuses[-1]) == (200, 429)
        async with serving(KEYED) as running:
            once = await token(running)
            path = "/v1/realtime/client_secrets"
            assert (await running.get(path, "POST", bearer(once)))[0] == 401
            assert (await running.get(path, "POST"))[0] == 401
            wrong = [(await running.get(path, "POST", bearer("guess")))[0] for _ in range(40)]
            assert (wrong[0], wrong[-1]) == (401, 429)
            assert {(await running.get(path, "POST", SESAME))[0] for _ in range(40)} == {200}

    asyncio.run(run())


def test_a_login_header_is_believed_from_a_trusted_proxy_alone() -> None:
    async def run() -> None:
        login = {"X-Forwarded-User": "ada"}
        async with serving(ServeOptions(login_header="X-Forwarded-User")) as running:
            async with connect(running.url(), additional_headers=login) as client:
                assert await is_answered(client)
            assert (await refused(running.url()))[0] == 401
        options = ServeOptions(login_header="X-Forwarded-User", trusted_proxies=("10.0.0.0/8",))
        async with serving(options) as running:
            assert (await refused(running.url(), additional_headers=login))[0] == 401

    asyncio.run(run())


def test_a_bot_whose_config_does_not_say_who_may_come_in_is_for_this_machine_only() -> None:
    async def run() -> None:
        async with serving() as running:
            forwarded = {"X-Forwarded-For": "203.0.113.9"}
            assert (await refused(running.url(), additional_headers=forwarded))[0] == 401
            with pytest.raises(websockets.InvalidStatus, match="401"):
                async with reached_as(running, "bot.example", {}):
                    pass

    asyncio.run(run())


def test_an_overloaded_server_lets_nobody_else_in() -> None:
    async def run() -> None:
        async with serving() as running, connect(running.url()) as client:
            await is_answered(client)
            running.lag.is_overloaded = True  # type: ignore[misc]
            assert (await refused(running.url()))[0] == 503
            assert await is_answered(client, "hello again")

    asyncio.run(run())


def test_draining_lets_nobody_in_and_cuts_nobody_off() -> None:
    async def run() -> None:
        async with serving() as running, connect(running.url()) as client:
            await is_answered(client)
            assert (await running.get("/readyz"))[::2] == (200, "ready\n")
            draining = asyncio.ensure_future(running.server.drain(60))
            await asyncio.sleep(0)
            assert (await running.get("/readyz"))[::2] == (503, "draining\n")
            assert (await running.get("/healthz"))[::2] == (200, "ok\n")
            assert (await refused(running.url()))[0] == 503
            assert await is_answered(client, "still there?")
            assert not draining.done()
            await client.send("bye")
            assert (await closed(client))[0] == 1012
            await draining

    asyncio.run(run())


def test_conversations_that_outlast_the_drain_are_ended_with_a_line() -> None:
    async def run() -> None:
        async with serving() as running, connect(running.url()) as client:
            await is_answered(client)
            draining = asyncio.ensure_future(running.server.drain(0, "We are closing."))
            said = ""
            try:
                async for message in client:
                    if isinstance(message, str):
                        said = json.loads(message).get("said", said)
            except websockets.ConnectionClosed:
                pass
            assert said == "We are closing."
            assert client.close_code == 1012
            await draining

    asyncio.run(run())


def test_metrics_count_what_happened() -> None:
    async def run() -> str:
        async with serving() as running:
            async with connect(running.url()) as client:
                await is_answered(client)
                _, _, during = await running.get("/metrics")
                assert 'voicebot_conversations{bot="bot"} 1' in during
            await running.server.sessions.wait_until_empty()
            _, headers, after = await running.get("/metrics")
            assert headers["content-type"].startswith("text/plain; version=0.0.4")
            return after

    after = asyncio.run(run())
    for line in (
        'voicebot_conversations{bot="bot"} 0',
        'voicebot_conversations_total{bot="bot",transport="line"} 1',
        'voicebot_conversations_ended_total{bot="bot",by="input"} 1',
        'voicebot_turns_total{bot="bot"} 1',
    ):
        assert line in after
