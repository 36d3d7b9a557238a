"""What is worse than in a recording: limits, and the moments before it breaks off."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest

from voicebot_replay.engine import CalledTool, Replayed, ReplayedTurn, Speech
from voicebot_scenarios.recordings import checked_turns

SAID = (Speech(1.0, 2.0),)


def spoken(answered: float | None = 3.0, *, decided: float = 2.5, **values: Any) -> ReplayedTurn:
    return ReplayedTurn(1, "well", decided, 2.0, answered, **values)


def typed(decided: float, answered: float) -> ReplayedTurn:
    return ReplayedTurn(1, "well", decided, None, answered)


def looked(at: float, times: int = 1) -> ReplayedTurn:
    return spoken(tools=(CalledTool("look", "{}", "done", at),) * times)


def failed(then: list[ReplayedTurn], now: list[ReplayedTurn], until: float = inf) -> list[str]:
    turns = checked_turns(Replayed(tuple(now), tuple(then), SAID, (), until=until), 60.0)
    return [check.failure for turn in turns for check in turn.checks if check.failure]


@pytest.mark.parametrize(
    ("then", "now", "found"),
    [
        (spoken(), spoken(3.05), []),
        (spoken(), spoken(3.06), ["it answers 0.060 s later"]),
        (spoken(), spoken(3.06, is_stand_in=True), []),  # how long another reply takes is a guess
        (spoken(), spoken(3.06, decided=2.56, is_stand_in=True), ["it answers 0.060 s later"]),
        (spoken(), spoken(None), ["it does not answer, and did then"]),
        (spoken(None), spoken(), []),
        (spoken(1.86), spoken(1.84, cut_off=True), []),
        (spoken(1.84, cut_off=True), spoken(1.5, cut_off=True), []),
        (
            spoken(),
            spoken(1.5, cut_off=True),
            ["it cuts the user off after 'well'", "it does not answer, and did then"],
        ),
        (looked(2.8), looked(2.8, times=2), ["it calls look({}), look({}); then, it called look({})"]),
        (looked(2.8), spoken(), ["it calls no tool; then, it called look({})"]),
    ],
)
def test_of_a_whole_recording(then: ReplayedTurn, now: ReplayedTurn, found: list[str]) -> None:
    assert failed([then], [now]) == found


@pytest.mark.parametrize(
    ("then", "now", "found"),
    [
        ([spoken()], [looked(3.98)], []),  # the recording ended a moment too early to have it
        ([spoken()], [looked(3.9)], ["it calls look({}); then, it called no tool"]),
        ([looked(3.98)], [spoken()], ["it calls no tool; then, it called look({})"]),
        ([looked(3.98)], [looked(3.99)], []),
        ([spoken(3.9)], [spoken(3.9), spoken(4.04, decided=3.95)], []),
        ([spoken(4.0)], [spoken(4.06)], ["it answers 0.060 s later"]),
        ([spoken(None)], [spoken(4.04)], []),
    ],
)
def test_of_one_that_breaks_off(then: list[ReplayedTurn], now: list[ReplayedTurn], found: list[str]) -> None:
    assert failed(then, now, until=4.0) == found


def test_of_several_cut_offs_the_new_one_is_named() -> None:
    cut, other = spoken(1.5, cut_off=True), ReplayedTurn(2, "well so", 1.6, 1.6, 1.7, cut_off=True)
    assert failed([cut, spoken()], [cut, other, spoken()]) == ["it cuts the user off after 'well so'"]
    assert failed([cut, spoken()], [cut]) == ["it does not answer, and did then"]


def test_a_line_that_was_typed_twice_is_compared_with_the_same_one() -> None:
    then = [typed(1.004, 1.5), typed(9.0, 9.5)]
    assert failed(then, [typed(1.006, 1.5), typed(9.03, 9.5)]) == []
    assert failed(then, [typed(1.006, 1.5), typed(9.03, 9.9)]) == ["it answers 0.400 s later"]
