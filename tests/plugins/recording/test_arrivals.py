"""The user's sound keeps its place when it comes late, and leaves a gap only where some never came."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

import numpy
import pytest

from voicebot import AudioFormat
from voicebot_recording.writing.arrivals import Arrivals
from voicebot_recording.writing.sound_timeline import SoundTimeline

FRAME, RATE = 0.02, 16_000
SOUND = b"\1\1" * round(FRAME * RATE)
STALL, SHORT = 1.4, 0.6


def frames(begin: float, end: float) -> list[float]:
    """Return when frames of sound come that is between these seconds, if nothing delays them."""
    return [number * FRAME for number in range(round(begin / FRAME) + 1, round(end / FRAME) + 1)]


def late(times: Iterable[float], until: float) -> list[float]:
    """Return when frames come if the process stands still until then: in a burst."""
    return [max(at, until + number * 1e-4) for number, at in enumerate(times)]


def silences(times: Iterable[float]) -> list[tuple[float, float]]:
    """Return where there is silence in sound that came at these times: from when, until when."""
    timeline = SoundTimeline(AudioFormat(RATE), None)
    for at in times:
        timeline.heard(at, SOUND)
    timeline.end()
    sound = numpy.frombuffer(b"".join(timeline.take()), "<i2")[::2]
    edges = numpy.flatnonzero(numpy.diff(sound == 0, prepend=False, append=False)) / RATE
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


@pytest.mark.parametrize(
    ("times", "silent"),
    [
        pytest.param(frames(0, 3), [], id="in time"),
        pytest.param([*frames(0, 1), *late(frames(1, 5), 1 + STALL)], [], id="a burst after a stall"),
        pytest.param(
            [*frames(0, 1), *late(frames(1, 1.2), 2.0), *late(frames(1.2, 5), 2.0 + SHORT)],
            [],
            id="a burst that stalls again",
        ),
        pytest.param(
            [*frames(0, 1), *late(frames(1, 1.06), 1.3), *late(frames(1.06, 5), 1.3 + SHORT)],
            [],
            id="a burst that stalls at its beginning",
        ),
        pytest.param([*frames(0, 1), *frames(3, 5)], [(1, 3)], id="two seconds lost"),
        pytest.param(
            [ceil(round(at / FRAME) / 4) * 0.08 for at in [*frames(0, 1), *frames(2, 3)]],
            [(1, 2)],
            id="lost between pieces",
        ),
        pytest.param(
            [*frames(0, 1), *late(frames(2, 5), 1 + STALL)], [(1, 2)], id="a second lost in a stall"
        ),
        pytest.param(frames(0.3, 2), [(0, 0.3)], id="a microphone that opens late"),
        pytest.param([at + 0.08 for at in frames(0, 2)], [], id="a small delay"),
        pytest.param([*frames(0, 1), *frames(3, 3.1)], [(1, 3)], id="lost just before the end"),
    ],
)
def test_only_sound_that_never_comes_leaves_a_gap(
    times: list[float], silent: list[tuple[float, float]]
) -> None:
    assert silences(times) == [pytest.approx(each, abs=0.003) for each in silent]


def test_sound_that_slowly_catches_up_is_held_half_a_second_at_most() -> None:
    arrivals, waiting, most = Arrivals(RATE), 0, 0
    for number in range(1, 150):
        placed = arrivals.add(1.0 + number * FRAME * 0.6, SOUND)
        assert not any(each.missing for each in placed)
        waiting += 1 - len(placed)
        most = max(most, waiting)
    assert waiting == 0
    assert most * FRAME * 0.6 == pytest.approx(0.5, abs=FRAME)
