"""Random timelines: whatever happens, the rules of a conversation hold.

50 are run each time, and 450 with the slow tests. `TIMELINES=0-5000` in the environment runs others, and
`TIMELINES=42` one; with `-n 2` they are distributed. A failure prints the seed and the smallest conversation
found that still fails.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

from .drawing import drawn
from .rules import broken
from .run import run
from .shrinking import shrunk
from .story import story
from .timeline import Timeline

_BATCH = 25
_SHRUNK = 2
"""How many failures of a batch are shrunk: it takes seconds for each."""


def _seeds() -> list[Any]:
    if "TIMELINES" not in os.environ:
        return [*_batches(range(50)), *_batches(range(50, 500), pytest.mark.slow)]
    first, _, last = os.environ["TIMELINES"].partition("-")
    return _batches(range(int(first), int(last or int(first) + 1)))


def _batches(seeds: range, *marks: pytest.MarkDecorator) -> list[Any]:
    batches = [seeds[start : start + _BATCH] for start in range(0, len(seeds), _BATCH)]
    return [pytest.param(batch, marks=marks, id=f"{batch[0]}-{batch[-1]}") for batch in batches]


@pytest.mark.timeout(600)  # a failing timeline is run again and again
@pytest.mark.parametrize("seeds", _seeds())
def test_whatever_happens_the_rules_of_a_conversation_hold(seeds: range) -> None:
    failures = {seed: complaints for seed in seeds if (complaints := broken(run(drawn(seed))))}
    reports = [_report(seed, failures[seed]) for seed in list(failures)[:_SHRUNK]]
    reports += [f"seed {seed}: {failures[seed]}" for seed in list(failures)[_SHRUNK:]]
    if failures:
        pytest.fail("\n\n".join([f"{len(failures)} of {len(seeds)} timelines fail", *reports]), pytrace=False)


def _report(seed: int, complaints: dict[str, list[str]]) -> str:
    """Return the smallest conversation that breaks the first of the rules that a seed breaks."""
    rule = next(iter(complaints))

    def fails(timeline: Timeline) -> bool:
        return rule in broken(run(timeline))

    timeline = shrunk(drawn(seed), fails)
    record = run(timeline)
    complaint = "\n".join(broken(record)[rule])
    return f"seed {seed}: {', '.join(complaints)}\nNOT: {rule}\n{complaint}\n{timeline}\n{story(record)}"
