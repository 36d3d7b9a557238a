"""How late the event loop is, and when that is an overload."""

from __future__ import annotations

import pytest

from voicebot_serve.running.loop_lag import LoopLag


def lag_of(*samples: float) -> LoopLag:
    lag = LoopLag()
    for sample in samples:
        lag.add(sample)
    return lag


def test_a_loop_that_was_not_measured_is_calm() -> None:
    assert (LoopLag().p99, LoopLag().is_overloaded) == (0.0, False)


def test_one_stall_is_no_overload() -> None:
    assert not lag_of(*[0.001] * 30, 1.5, *[0.001] * 9).is_overloaded


def test_timers_that_are_late_again_and_again_are_an_overload_until_they_are_in_time() -> None:
    lag = lag_of(*[0.001, 0.001, 0.06] * 14)
    assert lag.is_overloaded
    for _ in range(40):
        lag.add(0.002)
    assert not lag.is_overloaded


def test_the_p99_is_that_of_the_last_ten_seconds() -> None:
    assert lag_of(*[n / 1000 for n in range(1, 101)]).p99 == pytest.approx(0.099)
    assert lag_of(5.0, *[0.001] * 200).p99 == pytest.approx(0.001)
    assert lag_of(-0.5).p99 == 0.0
