"""Clients on several real servers with a real Redis, of which servers are killed at any time."""

from __future__ import annotations

import asyncio
import random
import signal
import statistics
from collections import Counter

import pytest

from .returning_client import ReturningClient
from .workers import workers


def lines_of(client: int, count: int) -> list[str]:
    return [f"Line {number} from client {client}" for number in range(1, count + 1)]


@pytest.mark.slow
def test_killed_servers_lose_no_turn_and_answer_none_twice(redis, record_property) -> None:
    clients, kills = 200, 8
    chance = random.Random(17)

    async def run() -> list[ReturningClient]:
        async with workers(2, redis.url) as both:
            urls = [worker.url for worker in both]
            talking = [
                ReturningClient(urls[:: 1 if at % 2 else -1], lines_of(at, 1000)) for at in range(clients)
            ]
            async with asyncio.TaskGroup() as tasks:
                for client in talking:
                    tasks.create_task(client.run(pause=chance.uniform(1.0, 9.0)))  # as people do
                for client in talking:
                    await client.is_talking.wait()
                for _ in range(kills):
                    await asyncio.sleep(chance.uniform(1.0, 4.0))
                    busiest = Counter(client.url for client in talking).most_common(1)[0][0]
                    worker = next(each for each in both if each.url == busiest)
                    await worker.kill()
                    await worker.start()
                for client in talking:
                    client.has_had_enough = True
            return talking

    talked = asyncio.run(run())
    for at, client in enumerate(talked):
        assert client.answers == Counter(range(1, client.finished + 1)), at
        for number, text in client.texts.items():
            # The bot knows each line before once, and no other: none was lost, none was told twice.
            assert text == f"Line {number} from client {at} is {number} of {number}.", at
    absences = [each for client in talked for each in client.absences]
    assert len(absences) >= clients
    median, turns = statistics.median(absences), sum(client.finished for client in talked)
    figures = f"{turns} turns, {len(absences)} returns: median {median * 1000:.0f} ms"
    print(f"{figures}, 90 of 100 within {sorted(absences)[len(absences) * 9 // 10] * 1000:.0f} ms")
    record_property("absences", figures)


@pytest.mark.slow
def test_a_server_that_drains_cuts_none_of_its_conversations(redis) -> None:
    async def run() -> tuple[list[ReturningClient], int]:
        async with workers(1, redis.url) as (worker,):
            talking = [ReturningClient([worker.url], lines_of(at, 8)) for at in range(50)]
            async with asyncio.TaskGroup() as tasks:
                for client in talking:
                    tasks.create_task(client.run(pause=0.3))
                for client in talking:
                    await client.is_talking.wait()
                assert worker.process is not None
                worker.process.send_signal(signal.SIGTERM)
            return talking, await worker.process.wait()

    talked, status = asyncio.run(run())
    assert status == 0
    assert [client.closed_with for client in talked] == [[]] * 50
    assert all(client.answers == Counter(range(1, 9)) for client in talked)
