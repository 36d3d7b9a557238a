"""The silence that costs least, against a search over all silences."""

from __future__ import annotations

import pytest

from voicebot_turns.judgement.waiting import best_wait, habit_of


def longer(wait: float) -> float:
    """Return the share of pauses that are longer."""
    return (0.2 / wait) ** 1.4


@pytest.mark.parametrize(
    ("seconds", "share"), [(0.3, 0.556), (0.6, 0.217), (1.0, 0.1), (1.6, 0.05), (2.5, 0.013)]
)
def test_pauses_are_about_as_long_as_eot_bench_found_them(seconds: float, share: float) -> None:
    assert longer(seconds) == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize("over", [0.05, 0.2, 0.5, 0.7, 0.95])
def test_no_other_silence_costs_less(over: float) -> None:
    earliest, latest = 0.3, 3.0
    even = earliest + 0.11 * (latest - earliest)
    price = (longer(even - 1e-4) - longer(even + 1e-4)) / 2e-4  # makes `even` the best where nothing is known
    waits = [earliest + step / 1000 for step in range(round((latest - earliest) * 1000) + 1)]
    cheapest = min(waits, key=lambda wait: over * price * wait + (1 - over) * longer(wait))
    assert best_wait(over, earliest, latest) == pytest.approx(cheapest, abs=0.02)


def test_the_likelier_the_end_the_shorter_the_wait() -> None:
    waits = [best_wait(over / 100, 0.3, 3.0) for over in range(2, 99)]
    assert waits == sorted(waits, reverse=True)
    assert waits[0] > 2.0
    assert waits[-1] == 0.3


def test_the_bounds_are_kept_and_may_be_one_number() -> None:
    for over in (0.02, 0.5, 0.98):
        assert best_wait(over, 0.8, 0.8) == 0.8
        assert 0.0 <= best_wait(over, 0.0, 0.1) <= 0.1
        assert best_wait(over, 0.0, 0.0) == 0.0
        assert 0.7 <= best_wait(over, 0.7, 3.2, habit=20.0) <= 3.2


def test_patience_and_long_pauses_make_the_wait_longer() -> None:
    assert best_wait(0.5, 0.2, 1.6) < best_wait(0.5, 0.3, 3.0) < best_wait(0.5, 0.7, 3.2)
    assert (
        best_wait(0.5, 0.3, 3.0, habit=0.5) < best_wait(0.5, 0.3, 3.0) < best_wait(0.5, 0.3, 3.0, habit=2.0)
    )


def test_longer_pauses_never_give_less_time_than_none() -> None:
    for over in (0.1, 0.34, 0.5, 0.55, 0.65, 0.7, 0.9):
        for earliest, latest in ((0.3, 3.0), (0.2, 1.0), (0.2, 1.5), (0.7, 3.2)):
            waits = [best_wait(over, earliest, latest, habit) for habit in (1.0, 1.5, 2.0, 2.5, 3.0, 3.5)]
            assert min(waits) == waits[0]


def test_a_habit_takes_several_pauses() -> None:
    assert habit_of(()) == habit_of((1.0,)) == 1.0
    assert 1.0 < habit_of((1.0, 1.0)) < habit_of((1.0, 1.0, 1.0)) < 1.0 / 0.33
    assert 0.0 < habit_of((0.0, 0.0)) < habit_of((0.1, 0.1)) < 1.0
