"""A check with progress is at worst slow; one without progress hangs, and the message says where."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest

from voicebot import ChatEvent, ChatModel, ChatRequest, Options, ReplyEnded, TextDelta
from voicebot.testing.contract import ChatModelContract
from voicebot.testing.contract.measurements.progress import Progress, Snapshot, progress_timeout

LIMIT = 60.0


@pytest.mark.parametrize(
    ("each_second", "until", "verdict"),
    [
        # steps, iterations of the loop (None: it waits), seconds of processor time, each per second
        pytest.param((1, 1, 0.0), 599, "progressing", id="events come"),
        pytest.param((1, 1, 0.0), 600, "slow", id="events come without end"),
        pytest.param((1, 0, 0.0), 599, "progressing", id="events come in one iteration of the loop"),
        pytest.param((0, 1, 0.1), 599, "progressing", id="the processor works, on a busy machine"),
        pytest.param((0, 1, 1.0), 600, "slow", id="the processor works without end"),
        pytest.param((0, None, 0.5), 599, "progressing", id="the processor works, in another thread"),
        pytest.param((0, 0, 1.0), 59, "progressing", id="the loop is blocked, for a while"),
        pytest.param((0, 0, 1.0), 60, "stuck", id="the loop is in an endless loop"),
        pytest.param((0, 0, 0.0), 60, "stuck", id="the loop is blocked"),
        pytest.param((0, None, 0.0), 59, "progressing", id="nothing happens, for a while"),
        pytest.param((0, None, 0.0), 60, "stuck", id="nothing happens"),
        pytest.param((0, 50, 0.01), 60, "stuck", id="a clock is polled"),
    ],
)
def test_a_check_without_progress_hangs_and_one_with_progress_is_at_worst_slow(
    each_second: tuple[int, int | None, float], until: int, verdict: str
) -> None:
    steps, iterations, processor = each_second

    def snapshot(at: int) -> Snapshot:
        return Snapshot(
            float(at), steps * at, None if iterations is None else iterations * at, processor * at
        )

    progress = Progress(LIMIT, snapshot(0))
    verdicts = [progress.assess(snapshot(at)) for at in range(1, until + 1)]
    assert verdicts[-1] == verdict
    assert set(verdicts[:-1]) <= {"progressing"}


def test_the_limit_counts_from_the_last_progress() -> None:
    progress = Progress(LIMIT, Snapshot(0.0, 0, 0, 0.0))
    assert progress.assess(Snapshot(59.0, 1, 1, 0.0)) == "progressing"
    assert progress.assess(Snapshot(118.0, 1, 2, 0.0)) == "progressing"
    assert progress.assess(Snapshot(119.0, 1, 3, 0.0)) == "stuck"


class Slow(ChatModel[Options]):
    """Answers slowly, but never stops for long."""

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        for _ in range(20):
            await self.think()
            yield TextDelta("Well. ")
        yield ReplyEnded()

    async def think(self) -> None:
        await asyncio.sleep(0.1)


class Thinks(Slow):
    """Computes for long in another thread before it answers."""

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        await asyncio.to_thread(self.compute)
        yield TextDelta("Well. ")
        yield ReplyEnded()

    def compute(self) -> None:
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            pass


class Ponders(Thinks):
    """Waits for an event that never comes."""

    def compute(self) -> None:
        threading.Event().wait(5.0)


def contract(model: type[Slow], limit: float) -> type[ChatModelContract]:
    return type("Contract", (ChatModelContract,), {"make": lambda _: model(Options()), "time_limit": limit})


@pytest.mark.parametrize("model", [Slow, Thinks])
def test_a_check_may_take_longer_than_its_limit_while_it_makes_progress(
    model: type[Slow], outcomes: Callable[..., Any]
) -> None:
    (outcome,) = outcomes(contract(model, 1.0), "test_a_reply_ends_exactly_once").values()
    assert outcome.result == "passed", outcome.text
    assert outcome.seconds > 1.0


def test_a_check_that_hangs_is_reported_with_its_location_and_how_to_raise_the_limit(
    outcomes: Callable[..., Any],
) -> None:
    (outcome,) = outcomes(contract(Ponders, 0.5), "test_a_reply_ends_exactly_once").values()
    assert outcome.result == "failed"
    assert outcome.text.startswith("expected: something to happen within 0.5 s\nseen: it hangs: task ")
    assert "test_progress.py" in outcome.text
    assert "`time_limit` of the class or `--time-limit` of `voicebot check-plugin`" in outcome.text


def test_endless_progress_is_reported_as_slow(outcomes: Callable[..., Any]) -> None:
    class Endless(Slow):
        async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
            while True:
                await asyncio.sleep(0.01)
                yield TextDelta("Well. ")

    (outcome,) = outcomes(contract(Endless, 0.6), "test_a_reply_ends_exactly_once").values()
    assert outcome.result == "failed"
    assert "expected: an end within 6 s\nseen: it is slow, or has no end" in outcome.text


def test_a_progress_timeout_does_not_expire_while_the_processor_works() -> None:
    async def scenario() -> None:
        model = Thinks(Options())
        async with progress_timeout(1.0):
            await asyncio.to_thread(model.compute)
        with pytest.raises(TimeoutError):
            async with progress_timeout(0.4):
                await asyncio.get_running_loop().create_future()

    asyncio.run(scenario())
