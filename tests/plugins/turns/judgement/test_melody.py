"""The numbers of a melody, on sounds whose melody is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy
import pytest

from voicebot_turns.judgement.melody import FEATURES, melody

RATE = 16_000
Tone = Callable[..., bytes]


def numbers(audio: bytes) -> dict[str, float]:
    heard = melody(audio)
    assert heard is not None
    return dict(zip(FEATURES, heard, strict=True))


@pytest.mark.parametrize(
    ("before", "seconds", "length"), [(0, 2, 0.0), (0, 5, 0.0), (0, 7, 0.336), (1, 6, 0.182)]
)
def test_the_length_counts_from_the_first_sound_and_beyond_five_seconds(
    tone: Tone, before: int, seconds: int, length: float
) -> None:
    audio = bytes(2 * RATE * before) + tone([0.0] * 10 * seconds)
    assert numbers(audio)["length"] == pytest.approx(length, abs=0.05)


def test_a_sound_that_is_drawn_out_keeps_its_timbre(tone: Tone) -> None:
    drawn_out = tone([0.0] * 30, gaps=0.08)[: 2 * RATE * 2] + tone([0.0] * 5)
    assert numbers(drawn_out)["timbre_change"] < numbers(tone([0.0] * 30, gaps=0.08))["timbre_change"]


@pytest.mark.parametrize("audio", [b"", b"\0", bytes(2 * 1000), bytes(16_001)], ids=len)
def test_sound_that_is_too_short_or_has_no_speech_has_no_melody_to_fail_on(audio: bytes) -> None:
    heard = melody(audio)
    assert heard is None or numpy.isfinite(heard).all()


def test_loud_and_quiet_voices_sound_alike(tone: Tone) -> None:
    loud = numpy.frombuffer(tone([0.0] * 20 + [-10.0] * 5, gaps=0.05), "<i2")
    quiet = (loud // 4).astype("<i2").tobytes()
    assert melody(quiet) == pytest.approx(melody(loud.tobytes()), abs=0.05)
