"""Whenever its process is killed, a recording opens, and at most the last second is missing."""

from __future__ import annotations

import random
import subprocess
import sys
from bisect import bisect_right
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate, pairwise
from math import inf
from pathlib import Path
from typing import NamedTuple

import pytest

from voicebot import ConversationDetail

from .talks import only

PROGRAM = Path(__file__).with_name("killed_talk.py")
MOMENTS = 50
AT_ONCE = 3
LONGEST_STEP = 0.1
"""Seconds between two lines of the program, which writes one every 20 ms, that count as time: in the rest,
the machine was too busy to run it."""
ROUNDING = 1e-6


class Line(NamedTuple):
    """What there was to record, as the program says."""

    at: float
    sound: float
    events: int


class Missing(NamedTuple):
    """What a recording lacks: seconds in which the program ran, before it was killed."""

    sound: float
    events: float
    too_long: float
    """Seconds by which its sound is longer than the conversation was."""


def killed(folder: Path, moment: float) -> list[Line]:
    """Kill a conversation after `moment` seconds; return what it said of itself."""
    lines: list[Line] = []
    with subprocess.Popen([sys.executable, PROGRAM, folder], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(parsed(line))
            if lines[-1].at >= moment:
                process.kill()
                break
        rest = process.stdout.read()
    return lines + [parsed(line) for line in rest.splitlines(keepends=True) if line.endswith("\n")]


def parsed(line: str) -> Line:
    at, sound, events = line.split()
    return Line(float(at), float(sound), int(events))


def ran(lines: list[Line], longest_step: float = LONGEST_STEP) -> list[float]:
    """Return for each line how many seconds the program ran until then."""
    times = [0.0, *(line.at for line in lines)]
    return list(accumulate(min(now - before, longest_step) for before, now in pairwise(times)))


def missing(folder: Path, lines: list[Line], clock: list[float]) -> Missing:
    """Return what is missing of the only recording in a folder; all, if there is none.

    Args:
        clock: seconds for each line.
    """
    sound_seconds = heard = 0.0
    events = 0
    if list(folder.glob("[0-9]*")):
        recording = only(folder)
        events = sum(not isinstance(each, ConversationDetail) for each in recording.events())
        if (sound := recording.sound) is not None:
            assert sum(len(piece) for piece in sound.user()) == 2 * sound.samples
            sound_seconds = sound.seconds
            heard = sum(len(piece.audio) for piece in sound.heard()) / 2 / sound.rate
    until_sound = bisect_right([line.sound for line in lines], heard + ROUNDING)
    until_events = bisect_right([line.events for line in lines], events)
    since = lambda count: clock[-1] - (clock[count - 1] if count else 0.0)  # noqa: E731
    return Missing(since(until_sound), since(until_events), sound_seconds - lines[-1].at)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_at_most_a_second_is_missing_after_fifty_kills(tmp_path: Path) -> None:
    chance = random.Random(18)
    moments = [chance.uniform(0.05, 4.0) for _ in range(MOMENTS)]
    folders = [tmp_path / str(number) for number in range(MOMENTS)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        said = list(pool.map(killed, folders, moments))

    found = [missing(folder, lines, ran(lines)) for folder, lines in zip(folders, said, strict=True)]
    by_clock = [missing(folder, lines, ran(lines, inf)) for folder, lines in zip(folders, said, strict=True)]
    worst, worst_by_clock = (Missing(*map(max, zip(*each, strict=True))) for each in (found, by_clock))
    print(f"{len(found)} recordings of {sum(ran(lines)[-1] for lines in said):.0f} s, ", end="")
    print(f"and {sum(lines[-1].at - ran(lines)[-1] for lines in said):.0f} s in which they did not run")
    print(f"missing sound: at most {worst.sound:.2f} s ({worst_by_clock.sound:.2f} by the clock)")
    print(f"missing events: at most {worst.events:.2f} s ({worst_by_clock.events:.2f} by the clock)")
    print(f"sound too long: at most {worst.too_long:.2f} s")
    assert worst.sound <= 1.0
    assert worst.events <= 1.0
    assert worst.too_long <= 0.1
