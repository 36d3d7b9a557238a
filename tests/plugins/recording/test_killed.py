"""Whenever its process is killed, a recording opens, and at most the last second is missing."""

from __future__ import annotations

import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from voicebot import ConversationDetail

from .talks import only

PROGRAM = Path(__file__).with_name("killed_talk.py")
MOMENTS = 50
AT_ONCE = 3
LONGEST_PAUSE = 0.15
"""Seconds between two lines of the program, which writes one every 20 ms."""


def killed(folder: Path, moment: float) -> list[tuple[float, int]]:
    """Kill a conversation after `moment` seconds; return what it said of itself.

    If the machine is so busy that the program itself did not run in the second before, it is killed later.
    """
    said: list[tuple[float, int]] = []
    with subprocess.Popen([sys.executable, PROGRAM, folder], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            at, _, events = line.partition(" ")
            said.append((float(at), int(events)))
            if said[-1][0] >= moment and _ran_lately([at for at, _ in said]):
                process.kill()
                break
        rest = process.stdout.read().splitlines()
    whole = [line.split() for line in rest[:-1]]
    return said + [(float(at), int(events)) for at, events in whole]


def _ran_lately(times: list[float]) -> bool:
    latest = [at for at in times if at >= times[-1] - 1.0]
    return all(after - before < LONGEST_PAUSE for before, after in pairwise(latest))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_at_most_a_second_is_missing_after_fifty_kills(tmp_path: Path) -> None:
    chance = random.Random(18)
    moments = [chance.uniform(0.05, 4.0) for _ in range(MOMENTS)]
    folders = [tmp_path / str(number) for number in range(MOMENTS)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        said = list(pool.map(killed, folders, moments))

    missing_sound, missing_events = [], []
    for folder, lines in zip(folders, said, strict=True):
        end = lines[-1][0]
        if end < 1.0 and not list(folder.glob("[0-9]*")):
            continue  # killed before the recording began
        recording = only(folder)
        events = [each for each in recording.events() if not isinstance(each, ConversationDetail)]
        seconds = 0.0
        if (sound := recording.sound) is not None:
            assert sum(len(piece) for piece in sound.user()) == 2 * sound.samples
            seconds = sound.seconds
        missing_sound.append(end - seconds)
        due = max((count for at, count in lines if at <= end - 1.0), default=0)
        assert len(events) >= due
        missing_events.append(end - max((at for at, count in lines if count <= len(events)), default=0.0))
    print(f"{len(missing_sound)} recordings; missing sound: at most {max(missing_sound):.2f} s, ", end="")
    print(f"events: at most {max(missing_events):.2f} s")
    assert max(missing_sound) <= 1.0
    assert max(missing_events) <= 1.0
