"""What is recommended, by what came of the turns in each half."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot_replay.tuning import Figures, TurnSettings
from voicebot_replay.tuning.figures import difference, figures, samples_recordings
from voicebot_replay.tuning.outcomes import Outcome
from voicebot_replay.tuning.recommendation import Recommendation, Tried, recommend
from voicebot_replay.tuning.recordings import halves

from ..talks import config

CUT_OFF = Outcome(cut_off=True, wait=None)


def answered(*waits: float) -> tuple[Outcome, ...]:
    return tuple(Outcome(cut_off=False, wait=each) for each in waits)


def recommended(folder: Path, now: object, other: object, least: int = 4) -> Recommendation:
    bot = config(folder)
    tried = [Tried(TurnSettings("silence", 0.6, bot, is_present=True), now)]  # type: ignore[arg-type]
    tried.append(Tried(TurnSettings("silence", 0.3, bot), other))  # type: ignore[arg-type]
    return recommend(tried, 5.0, least)


SLOW, QUICK = (answered(1.0, 1.0, 1.0, 1.1),), (answered(0.4, 0.5, 0.4, 0.4),)


def test_what_saves_time_on_both_halves_is_better(tmp_path: Path) -> None:
    found = recommended(tmp_path, (SLOW, SLOW), (QUICK, QUICK))
    assert found.verdict == "better"
    assert found.saves is not None
    assert found.saves.seconds == pytest.approx(-0.6)
    assert found.saves.interval[1] < 0


def test_what_would_save_less_than_is_noticed_is_as_good(tmp_path: Path) -> None:
    found = recommended(tmp_path, (SLOW, SLOW), ((answered(0.98, 0.98, 0.98, 1.08),), QUICK))
    assert (found.verdict, found.best) == ("as good", None)


def test_what_is_worse_on_the_other_half_is_not_better(tmp_path: Path) -> None:
    found = recommended(tmp_path, (SLOW, SLOW), (QUICK, ((CUT_OFF, *answered(0.4, 0.4, 0.4)),)))
    assert found.verdict == "not better"


def test_what_may_be_chance_is_uncertain_and_says_how_many_turns_would_do(tmp_path: Path) -> None:
    found = recommended(tmp_path, (SLOW, SLOW), (QUICK, (answered(0.1, 1.1, 0.5, 1.2),)))
    assert found.verdict == "uncertain"
    assert found.turns_needed is not None
    assert found.turns_needed > 8


def test_fewer_turns_than_needed_in_one_half_are_too_few(tmp_path: Path) -> None:
    found = recommended(tmp_path, (SLOW, (answered(1.0),)), (QUICK, (answered(0.4),)))
    assert (found.verdict, found.turns_needed) == ("too few", 8)


def test_figures_count_waits_only_where_nobody_was_cut_off() -> None:
    found = figures([[CUT_OFF, *answered(0.4, 0.6, 1.2)]], 5.0)
    assert found == Figures(4, 1, found.cut_off_interval, 0.6, 1.2, pytest.approx(1 / 3), pytest.approx(1.8))
    assert found.cut_off_share == 0.25


def test_no_cut_off_in_ten_turns_is_not_certainty() -> None:
    low, high = figures([answered(*[0.4] * 10)], 5.0).cut_off_interval
    assert (low, high) == (0.0, pytest.approx(0.308, abs=0.001))  # Clopper and Pearson, 95 %


def test_an_interval_is_of_recordings_if_there_are_enough() -> None:
    five = [answered(1.0, 1.0), answered(0.4), answered(0.4), answered(0.4), answered(0.4)]
    assert samples_recordings(five)
    assert not samples_recordings(five[:4])
    now = [answered(*[0.5] * len(each)) for each in five]
    low, high = difference(five, now, 5.0).interval
    assert low == pytest.approx(-0.1)
    assert high == pytest.approx(0.4, abs=0.1)  # a sample with nothing but the first is rare


@pytest.mark.parametrize(
    ("turns", "pauses", "first", "second"),
    [
        ([8], [3], [range(4)], [range(4, 8)]),
        ([5, 3, 3], [0, 0, 0], [range(5), range(0), range(0)], [range(0), range(3), range(3)]),
        (
            [2, 2, 2, 2],
            [0, 3, 0, 2],
            [range(0), range(2), range(2), range(0)],
            [range(2), range(0), range(0), range(2)],
        ),
    ],
)
def test_a_recording_is_in_one_half_unless_it_is_the_only_one(
    turns: list[int], pauses: list[int], first: list[range], second: list[range]
) -> None:
    found = halves(turns, pauses)
    assert [each[0] for each in found] == first
    assert [each[1] for each in found] == second
