"""The five numbers of a melody, on sounds whose melody is known."""

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


def test_a_voice_that_falls_away_has_a_low_end_and_a_falling_level(tone: Tone) -> None:
    steady, falling = (
        numbers(tone([0.0] * 30)),
        numbers(tone([0.0] * 20 + [-2.0 * step for step in range(10)])),
    )
    assert steady["level_end"] == pytest.approx(0, abs=1.5)
    assert steady["level_slope"] == pytest.approx(0, abs=3)
    assert falling["level_end"] == pytest.approx(-17, abs=3)
    assert falling["level_slope"] == pytest.approx(-20, abs=5)


def test_syllables_and_the_share_of_speech_are_counted(tone: Tone) -> None:
    syllables = numbers(tone([0.0] * 40, gaps=0.08))
    assert syllables["syllables"] == pytest.approx(8, abs=2)
    assert syllables["speech_share"] < numbers(tone([0.0] * 40))["speech_share"] <= 1.0


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
    assert melody(quiet) == pytest.approx(melody(loud.tobytes()), abs=1.5)
