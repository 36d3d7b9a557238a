"""What has to end gets its time even where other programs have the processor."""

from __future__ import annotations

import asyncio
import threading

import pytest

from voicebot.run_delay import thread_run_delays, waiting_threads
from voicebot.testing import VirtualClockLoop
from voicebot.testing.contract.measurements.polling import poll_until_empty


def poll(ends_at: float, share: float, starved_until: float = 0.0) -> tuple[bool, float]:
    """Poll for something with a limit of 0.25 s; return whether it was still there at the end, and when.

    Args:
        ends_at: when it ends, on the loop's clock.
        share: how much of the time one of two threads has to wait for the processor.
        starved_until: until when a third one waits without getting it.
    """

    async def polling() -> tuple[bool, float]:
        loop = asyncio.get_running_loop()
        began = loop.time()

        def is_left() -> bool:
            return loop.time() - began < ends_at

        def delays() -> dict[str, float]:
            return {"1": 0.0, "2": share * (loop.time() - began)}

        def waiting() -> frozenset[tuple[str, bytes]]:
            starved = loop.time() - began < starved_until
            running = ("4", str(loop.time()).encode())
            return frozenset({running, ("3", b"100 0 1")} if starved else {running})

        left = await poll_until_empty(is_left, 0.25, delays, waiting)
        return left, loop.time() - began

    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        return runner.run(polling())


def test_what_does_not_end_is_reported_after_the_limit() -> None:
    left, at = poll(10.0, 0.0)
    assert left
    assert at == pytest.approx(0.28, abs=0.02)


def test_time_in_which_a_thread_waits_for_the_processor_does_not_count() -> None:
    assert poll(1.0, 0.0)[0]
    left, at = poll(1.0, 0.9)
    assert not left
    assert at == pytest.approx(1.0, abs=0.02)


def test_a_thread_that_waits_all_the_time_is_given_its_time_afterwards() -> None:
    left, at = poll(1.2, 0.0, starved_until=1.0)
    assert not left
    assert at == pytest.approx(1.2, abs=0.02)
    left, at = poll(10.0, 0.0, starved_until=1.0)
    assert left
    assert at == pytest.approx(1.25, abs=0.03)
    assert poll(100.0, 0.0, starved_until=100.0)[1] == pytest.approx(11 * 0.25, abs=0.1)


def test_it_ends_even_if_the_processor_is_never_free() -> None:
    left, at = poll(100.0, 1.0)
    assert left
    assert at == pytest.approx(11 * 0.25, abs=0.1)


def test_the_threads_of_a_process_and_their_delays_are_read(tmp_path) -> None:
    for thread, delay in (("17", "2500000000"), ("18", "0")):
        (tmp_path / thread).mkdir()
        (tmp_path / thread / "schedstat").write_text(f"123 {delay} 4\n")
    (tmp_path / "19").mkdir()
    assert thread_run_delays(tmp_path) == {"17": 2.5, "18": 0.0}
    assert thread_run_delays(tmp_path / "missing") == {}


def test_the_threads_that_wait_are_read(tmp_path) -> None:
    for thread, state in (("17", "R"), ("18", "S"), ("19", "D")):
        (tmp_path / thread).mkdir()
        (tmp_path / thread / "stat").write_text(f"{thread} (a) S name) {state} 1 17 17")
        (tmp_path / thread / "schedstat").write_text(f"{thread} 0 4\n")
    (tmp_path / "20").mkdir()
    (tmp_path / "21").mkdir()
    (tmp_path / "21" / "stat").write_text("")
    assert waiting_threads(tmp_path) == {("17", b"17 0 4\n"), ("19", b"19 0 4\n")}
    assert waiting_threads(tmp_path / "missing") == frozenset()


def test_the_calling_thread_does_not_wait() -> None:
    assert str(threading.get_native_id()) not in {thread for thread, _ in waiting_threads()}
