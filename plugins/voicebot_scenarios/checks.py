"""What must hold of a turn, and what happened instead."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from voicebot_scenarios.observed import Observed, ObservedTurn
from voicebot_scenarios.results import Check
from voicebot_scenarios.scenario import ExpectedCall, texts

_ROUNDING = 1e-6


def checks_of(turn: ObservedTurn, observed: Observed) -> Iterator[Check]:
    """Yield the checks of a turn: of its words, its tools, its times, and what the judge says."""
    if turn.problem:
        yield Check("can be carried out", turn.problem)
        return
    for failure in turn.failures(observed):
        yield Check("no provider fails", failure)
    yield from _of_words(turn, observed)
    yield from _of_tools(turn, observed)
    yield from _of_times(turn, observed)
    if criterion := turn.turn.expect.judged:
        yield Check(f"judged: {criterion}", turn.opinions.get(criterion, "it was not judged"))


def _of_words(turn: ObservedTurn, observed: Observed) -> Iterator[Check]:
    expect, said = turn.turn.expect, turn.said(observed)
    heard = f"it said {said!r}" if said else "it said nothing"
    for text in texts(expect.contains):
        yield Check(f"contains {text!r}", "" if _plain(text) in _plain(said) else heard)
    for pattern in texts(expect.matches):
        yield Check(f"matches {pattern!r}", "" if re.search(pattern, said, re.IGNORECASE) else heard)
    for text in texts(expect.must_not_say):
        yield Check(f"must not say {text!r}", heard if _plain(text) in _plain(said) else "")


def _of_tools(turn: ObservedTurn, observed: Observed) -> Iterator[Check]:
    calls = turn.calls(observed)
    made = ", ".join(f"{each.name}({each.arguments})" for each in calls) or "no tool"
    for expected in turn.turn.expect.calls:
        fitting = [
            each for each in calls if each.name == expected.name and _has(each.arguments, expected.args)
        ]
        times = f"it was called {len(fitting)} times" if fitting else f"it called {made}"
        yield Check(f"calls {_written(expected)} once", "" if len(fitting) == 1 else times)
    for name in turn.turn.expect.not_called:
        called = any(each.name == name for each in calls)
        yield Check(f"does not call {name}", f"it called {made}" if called else "")


def _of_times(turn: ObservedTurn, observed: Observed) -> Iterator[Check]:
    expect, answers = turn.turn.expect, turn.answers(observed)
    if expect.within is not None:
        first = next((each.began for each in answers if each.began >= turn.last_word - _ROUNDING), None)
        after = None if first is None else first - turn.last_word
        late = "it did not answer" if after is None else f"it answered after {after:.3f} s"
        held = after is not None and after <= expect.within + _ROUNDING
        yield Check(f"within {expect.within:g} s", "" if held else late)
    if expect.patience_kept:
        cut = next((each.began for each in answers if each.began < turn.last_word - _ROUNDING), None)
        yield Check("patience kept", "" if cut is None else f"it spoke {_into(turn, cut)}")
    silent = turn.silent_at
    broken_off = silent is not None
    if expect.interrupted is not None:
        name = "interrupted" if expect.interrupted else "not interrupted"
        instead = "it was broken off" if broken_off else "it went on"
        yield Check(name, "" if broken_off == expect.interrupted else instead)
    if expect.silent_within is not None:
        after = silent - turn.began if silent is not None else None
        late = "it went on" if after is None else f"it was silent after {after:.3f} s"
        held = after is not None and after <= expect.silent_within + _ROUNDING
        yield Check(f"silent within {expect.silent_within:g} s", "" if held else late)
    if expect.silent is not None:
        spoke = next((each for each in answers if each.began <= turn.last_word + expect.silent), None)
        yield Check(f"silent for {expect.silent:g} s", f"it said {spoke.text!r}" if spoke else "")


def _into(turn: ObservedTurn, at: float) -> str:
    """Return where in a turn something happened."""
    for begins, ends in turn.pauses:
        if begins <= at < ends:
            return f"{at - begins:.3f} s into the pause of {ends - begins:g} s"
    return f"{at - turn.began:.3f} s into the turn"


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _written(call: ExpectedCall) -> str:
    return (
        f"{call.name}({json.dumps(call.args, ensure_ascii=False, default=str)})" if call.args else call.name
    )


def _has(arguments: str, expected: Mapping[str, Any]) -> bool:
    """Return whether arguments in JSON include those that are expected."""
    try:
        given = json.loads(arguments)
    except ValueError:
        return False
    return isinstance(given, dict) and all(
        key in given and given[key] == value for key, value in expected.items()
    )
