"""The metrics of several workers together, whichever of them is asked."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from voicebot_serve.options import ServeOptions
from voicebot_serve.running.metric_types import Counter, Gauge, Histogram
from voicebot_serve.running.metrics import CONVERSATIONS
from voicebot_serve.running.shared_metrics import SharedMetrics
from voicebot_serve.sessions.owner import Owner
from voicebot_serve.sessions.registry import SessionRefused, SessionRegistry


class Worker:
    """A process with one metric of each kind."""

    def __init__(self, directory: Path, number: int) -> None:
        self.conversations, self.lag = 0.0, 0.0
        self.turns = Counter("turns_total", "Turns.", ("bot",))
        self.seconds = Histogram("seconds", "How long.", (1, 2))
        self.shared = SharedMetrics(
            directory,
            number,
            (
                Gauge(CONVERSATIONS, "Now.", lambda: {(): self.conversations}),
                Gauge("lag", "How late.", lambda: {(): self.lag}, largest=True),
                self.turns,
                self.seconds,
            ),
        )

    def samples(self) -> dict[str, float]:
        lines = asyncio.run(self.shared.text()).splitlines()
        return {
            name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")
        }


@pytest.fixture
def workers(tmp_path: Path) -> tuple[Worker, Worker]:
    one, other = Worker(tmp_path, 1), Worker(tmp_path, 2)
    one.conversations, one.lag = 3, 0.25
    other.conversations, other.lag = 4, 0.5
    for worker, turns, seconds in ((one, 5, 0.5), (other, 7, 1.5)):
        worker.turns.add("flint", amount=turns)
        worker.seconds.observe(seconds)
        worker.shared.save()
    other.turns.add("cook")
    other.shared.save()
    return one, other


def test_each_worker_tells_the_sums_of_all_and_the_latest_loop(workers: tuple[Worker, Worker]) -> None:
    together = {
        "voicebot_conversations": 7,
        "lag": 0.5,
        'turns_total{bot="flint"}': 12,
        'turns_total{bot="cook"}': 1,
        'seconds_bucket{le="1"}': 1,
        'seconds_bucket{le="2"}': 2,
        'seconds_bucket{le="+Inf"}': 2,
        "seconds_sum": 2,
        "seconds_count": 2,
    }
    assert [worker.samples() for worker in workers] == [together, together]
    one, _ = workers
    one.turns.add("flint")  # its own are not read from what it wrote
    assert one.samples()['turns_total{bot="flint"}'] == 13


def test_a_worker_that_is_started_again_goes_on_counting(
    workers: tuple[Worker, Worker], tmp_path: Path
) -> None:
    _, other = workers
    again = Worker(tmp_path, 1)
    again.turns.add("flint")
    again.shared.save()
    for samples in (again.samples(), other.samples()):
        assert (samples['turns_total{bot="flint"}'], samples["seconds_count"]) == (13, 2)
        assert samples[CONVERSATIONS] == 4


def test_a_worker_that_is_gone_has_no_conversations_but_its_turns_stay(
    workers: tuple[Worker, Worker], tmp_path: Path
) -> None:
    one, _ = workers
    file = tmp_path / "metrics-2.json"
    at, values = json.loads(file.read_text())
    file.write_text(json.dumps([at - 60, values]))
    samples = one.samples()
    assert (samples[CONVERSATIONS], samples["lag"]) == (3, 0.25)
    assert samples['turns_total{bot="cook"}'] == 1


def test_conversations_of_all_workers_are_limited_together(workers: tuple[Worker, Worker]) -> None:
    one, _ = workers

    async def run() -> None:
        running = asyncio.ensure_future(one.shared.run())
        while not one.shared.conversations_elsewhere:  # noqa: ASYNC110 - only a file tells
            await asyncio.sleep(0)
        running.cancel()

    asyncio.run(run())
    owner, options = Owner("open", "", "127.0.0.1"), ServeOptions()
    for most in (5, 4):
        registry = SessionRegistry(
            most, lambda: False, lambda *_: None, lambda: one.shared.conversations_elsewhere
        )
        if most == 5:
            registry.check("bot", options, owner)
        else:
            with pytest.raises(SessionRefused, match="as the server can hold"):
                registry.check("bot", options, owner)
