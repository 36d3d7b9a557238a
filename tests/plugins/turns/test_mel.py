"""The spectrogram has the properties of Whisper's."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

from voicebot_turns.mel import BANDS, RATE, LogMel

SECONDS = 8


@pytest.fixture(scope="module")
def log_mel() -> LogMel:
    return LogMel(SECONDS)


def tone(hertz: float, seconds: float, level: float = 0.3) -> bytes:
    time = numpy.arange(round(seconds * RATE)) / RATE
    return s16le(level * numpy.sin(2 * numpy.pi * hertz * time))


def s16le(sound: Any) -> bytes:
    return bytes((sound * 32767).round().astype("<i2").tobytes())


def noise(seconds: float, level: float = 0.1) -> bytes:
    return s16le(numpy.random.default_rng(1).normal(0, level, round(seconds * RATE)).clip(-1, 1))


def slaney(hertz: float) -> float:
    """Return the mel of a frequency by the definition: 15 mels to 1 kHz, then 27 to each factor of 6.4."""
    return hertz * 3 / 200 if hertz < 1000 else 15 + 27 * float(numpy.log(hertz / 1000) / numpy.log(6.4))


def test_eight_seconds_are_800_columns_of_80_bands(log_mel: LogMel) -> None:
    features = log_mel.of(noise(SECONDS))
    assert features.shape == (BANDS, log_mel.frames) == (80, 800)
    assert features.dtype == numpy.float32


@pytest.mark.parametrize("hertz", [200, 440, 1000, 2500, 6000])
def test_a_tone_is_loudest_in_the_band_around_it(log_mel: LogMel, hertz: float) -> None:
    loudest = log_mel.of(tone(hertz, SECONDS))[:, 100:700].mean(axis=1).argmax()
    centre = slaney(hertz) / slaney(RATE / 2) * (BANDS + 1) - 1
    assert abs(loudest - centre) <= 1


def test_silence_is_the_lowest_value_everywhere(log_mel: LogMel) -> None:
    features = log_mel.of(bytes(SECONDS * RATE * 2))
    assert features == pytest.approx((-10 + 4) / 4)


def test_no_sound_at_all_is_silence(log_mel: LogMel) -> None:
    assert (log_mel.of(b"") == log_mel.of(bytes(SECONDS * RATE * 2))).all()


def test_very_quiet_sound_is_raised_to_one_level(log_mel: LogMel) -> None:
    features = log_mel.of(noise(SECONDS / 2) + bytes(SECONDS * RATE))
    assert features.max() - features.min() == pytest.approx(8 / 4, abs=1e-3)


def test_a_short_sound_comes_last_after_silence(log_mel: LogMel) -> None:
    features = log_mel.of(noise(2.0))
    assert (features[:, :590] == features[:, :1]).all()
    assert features[:, 610:].mean() > features[:, :590].mean() + 1


def test_the_end_of_a_long_sound_is_taken(log_mel: LogMel) -> None:
    end = noise(SECONDS)
    assert (log_mel.of(tone(300, 3.0) + end) == log_mel.of(end)).all()


def test_loud_and_quiet_voices_look_alike(log_mel: LogMel) -> None:
    loud, quiet = (log_mel.of(noise(SECONDS, level)) for level in (0.2, 0.02))
    assert loud == pytest.approx(quiet, abs=0.02)


def test_equal_sound_in_all_frequencies_is_about_as_loud_in_all_bands(log_mel: LogMel) -> None:
    bands = log_mel.of(noise(SECONDS)).mean(axis=1)
    assert bands.max() - bands.min() < 0.2  # triangles of equal area: 0.2 is a factor of six in power
