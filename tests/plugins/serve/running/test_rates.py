"""Limits by time."""

from __future__ import annotations

from voicebot_serve.running.rates import Allowance, RateLimits


def test_an_allowance_comes_back_at_its_rate_up_to_its_maximum() -> None:
    allowance = Allowance(rate=2, most=10)
    assert allowance.take(0, 10)
    assert not allowance.take(1, 3)
    assert allowance.take(1, 2)
    assert allowance.take(100, 10)
    assert not allowance.take(100, 0.1)


def test_sound_in_real_time_is_never_too_fast_and_three_times_that_soon_is() -> None:
    real, fast = Allowance(rate=2, most=10), Allowance(rate=2, most=10)
    assert all(real.take(second, 1) for second in range(1000))
    assert [fast.take(second, 3) for second in range(12)].index(False) == 8


def test_each_address_has_its_own_limit_and_the_oldest_is_forgotten() -> None:
    limits = RateLimits(rate=0, most=1, size=2)
    assert limits.take("a", 0)
    assert not limits.take("a", 0)
    assert limits.take("b", 0)
    assert limits.take("c", 0)
    assert limits.take("a", 0)
