"""What both stores do, and that many servers can share one."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from voicebot_serve.store.embedded import EmbeddedStore
from voicebot_serve.store.keeper import Keeper
from voicebot_serve.store.redis_store import RedisStore
from voicebot_serve.store.store import Lease, Store, StoreAway, StoreError

WHOSE = "bot\nshop"
Check = Callable[[Store, Store, str], Awaitable[None]]


def lease(session: str, fence: int = 1, token: str = "t1", whose: str = WHOSE) -> Lease:
    return Lease(session, fence, token, whose)


async def saves_and_takes_over(one: Store, other: Store, session: str) -> None:
    first = lease(session)
    assert await one.save(first, b"hello", 60)
    assert await one.save(first, b"hello again", 60)
    taken = await other.take(session, "t1", WHOSE, "t2")
    assert taken == (lease(session, 2, "t2"), b"hello again")


async def refuses_the_one_who_lost_it(one: Store, other: Store, session: str) -> None:
    first = lease(session)
    assert await one.save(first, b"before", 60)
    assert await one.renew([first], [60]) == ["held"]
    taken = await other.take(session, "t1", WHOSE, "t2")
    assert taken is not None
    assert not await one.save(first, b"too late", 60)
    assert await one.renew([first, taken[0]], [60, 60]) == ["lost", "held"]
    await one.forget(first)
    assert await one.take(session, "t2", WHOSE, "t3") == (lease(session, 3, "t3"), b"before")


async def gives_nothing_to_strangers(one: Store, other: Store, session: str) -> None:
    assert await one.save(lease(session), b"secret", 60)
    assert await other.take(session, "guess", WHOSE, "t2") is None
    assert await other.take(session, "t1", "bot\nanother", "t2") is None
    assert await other.take(f"{session}0", "t1", WHOSE, "t2") is None
    assert await other.take(session, "", WHOSE, "t2") is None
    assert await one.save(lease(session), b"still mine", 60)


async def gives_a_used_token_a_second_chance(one: Store, other: Store, session: str) -> None:
    assert await one.save(lease(session), b"kept", 60)
    assert await other.take(session, "t1", WHOSE, "lost with its server")
    assert await one.take(session, "t1", WHOSE, "t3") == (lease(session, 3, "t3"), b"kept")
    assert await other.take(session, "t3", WHOSE, "t4")
    assert await one.take(session, "t1", WHOSE, "t5") is None
    assert await one.take(session, "lost with its server", WHOSE, "t5") is None


async def forgets(one: Store, other: Store, session: str) -> None:
    first = lease(session)
    assert await one.save(first, b"hello", 60)
    await one.forget(first)
    assert await one.renew([first], [60]) == ["absent"]
    assert await other.take(session, "t1", WHOSE, "t2") is None
    assert await one.save(first, b"hello", 0.001)
    await asyncio.sleep(0.01)
    assert await other.take(session, "t1", WHOSE, "t2") is None


async def has_again_what_it_lost(one: Store, other: Store, session: str) -> None:
    later = lease(session, 7, "t7")
    assert await one.renew([later], [60]) == ["absent"]
    assert await one.save(later, b"saved anew", 60)
    assert await other.take(session, "t7", WHOSE, "t8") == (lease(session, 8, "t8"), b"saved anew")


async def spends_once(one: Store, other: Store, session: str) -> None:
    assert await one.spend(session, 60)
    assert not await other.spend(session, 60)
    both = await asyncio.gather(*(store.spend(f"{session}1", 60) for store in (one, other) * 20))
    assert sum(both) == 1


async def agrees(one: Store, other: Store, session: str) -> None:
    assert await one.agree(session, b"\x00first") == b"\x00first"
    assert await other.agree(session, b"second") == b"\x00first"


async def gives_a_session_to_one_of_many(one: Store, other: Store, session: str) -> None:
    assert await one.save(lease(session), b"x", 60)
    taken = await asyncio.gather(
        *(store.take(session, "t1", WHOSE, f"n{at}") for at, store in enumerate((one, other) * 10))
    )
    fences = [each[0].fence for each in taken if each is not None]
    assert sorted(fences) == list(
        range(2, 22)
    )  # each within the grace of the token, and only the last holds it
    leases = [each[0] for each in taken if each is not None]
    holds = await one.renew(leases, [60.0] * len(leases))
    assert [each.fence for each, hold in zip(leases, holds, strict=True) if hold == "held"] == [21]


CHECKS: list[Check] = [
    saves_and_takes_over,
    refuses_the_one_who_lost_it,
    gives_nothing_to_strangers,
    gives_a_used_token_a_second_chance,
    forgets,
    has_again_what_it_lost,
    spends_once,
    agrees,
    gives_a_session_to_one_of_many,
]


@asynccontextmanager
async def started(*stores: Store) -> AsyncGenerator[None, None]:
    async with AsyncExitStack() as stack:
        for store in stores:
            await store.start()
            stack.push_async_callback(store.aclose)
        yield


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_embedded_store_shared_by_two_processes(check: Check, tmp_path: Path) -> None:
    async def run() -> None:
        one, other = EmbeddedStore(tmp_path / "store.db"), EmbeddedStore(tmp_path / "store.db")
        async with started(one, other):
            await check(one, other, uuid4().hex)

    asyncio.run(run())


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_redis_shared_by_two_servers(check: Check, redis) -> None:
    async def run() -> None:
        one, other = RedisStore(redis.url, timeout=60), RedisStore(redis.url, timeout=60)
        async with started(one, other):
            await check(one, other, uuid4().hex)

    asyncio.run(run())


def test_a_token_is_worth_nothing_when_its_grace_is_over() -> None:
    async def run() -> None:
        now = [1000.0]
        store = EmbeddedStore(now=lambda: now[0])
        async with started(store):
            assert await store.save(lease("s"), b"x", 3600)
            assert await store.take("s", "t1", WHOSE, "t2")
            now[0] += 29
            assert await store.take("s", "t1", WHOSE, "t3")
            now[0] += 29  # the answer was lost once more
            assert await store.take("s", "t1", WHOSE, "t4")
            now[0] += 31
            assert await store.take("s", "t1", WHOSE, "t5") is None
            assert await store.take("s", "t4", WHOSE, "t5")

    asyncio.run(run())


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("redis://:hunter2@127.0.0.1:1/0", "redis://127.0.0.1:1/0 is not reached: it cannot be connected to"),
        ("redis://:hunter2@127.0.0.1:none/0", "redis://127.0.0.1:none/0, is not one of Redis"),
    ],
)
def test_an_address_without_a_store_is_one_line_without_its_password(url: str, says: str) -> None:
    with pytest.raises(StoreError) as error:
        asyncio.run(RedisStore(url).start())
    assert says in str(error.value)
    assert "hunter2" not in str(error.value)
    assert "\n" not in str(error.value)


def test_a_wrong_password_is_told_apart_and_not_shown(redis) -> None:
    url = redis.url.replace("pass-of-the-store", "hunter2")
    with pytest.raises(StoreError) as error:
        asyncio.run(RedisStore(url).start())
    assert "the user or password is wrong, or missing" in str(error.value)
    assert "hunter2" not in str(error.value)


@pytest.mark.skipif(shutil.which("redis-cli") is None, reason="redis-cli is not installed")
def test_a_store_with_another_key_says_how_to_empty_it_and_that_works(redis) -> None:
    url, first, second = f"{redis.url.rpartition('/')[0]}/7", "first" * 7, "second" * 7

    async def enter(key: str) -> None:
        async with Keeper(RedisStore(url), key) as keeper:
            await keeper.store.save(lease("s"), b"kept", 60)

    asyncio.run(enter(first))
    with pytest.raises(StoreError) as error:
        asyncio.run(enter(second))
    said = str(error.value)
    assert "give all servers the same VOICEBOT_SERVE_KEY as before" in said
    assert "pass-of-the-store" not in said
    assert said.endswith("with its password in REDISCLI_AUTH")
    environ = {**os.environ, "REDISCLI_AUTH": "pass-of-the-store"}
    subprocess.run(["sh", "-c", said.split("`")[1]], env=environ, check=True, capture_output=True)
    asyncio.run(enter(second))


def test_a_redis_in_protected_mode_is_one_line_that_says_so() -> None:
    async def deny(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"-DENIED Redis is running in protected mode because ...\r\n")
        writer.close()

    async def run() -> None:
        async with await asyncio.start_server(deny, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            await RedisStore(f"redis://127.0.0.1:{port}/0").start()

    with pytest.raises(StoreError, match="until it has a password or `protected-mode no`"):
        asyncio.run(run())


def test_a_store_that_was_closed_is_away() -> None:
    async def run() -> None:
        for store in (EmbeddedStore(), RedisStore("redis://127.0.0.1:1")):
            with pytest.raises(StoreAway):
                await store.spend("x", 1)
            await store.aclose()

    asyncio.run(run())
