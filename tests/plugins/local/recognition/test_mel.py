"""The spectrogram, against a plain calculation of what Whisper was trained with."""

from __future__ import annotations

import math

import numpy
import pytest

from voicebot_local.recognition.mel import HOP, RATE, LogMel, filters


def hertz(mel: float) -> float:
    """Return the frequency of a mel on Slaney's scale."""
    return mel * 200 / 3 if mel < 15 else 1000 * math.exp((mel - 15) * math.log(6.4) / 27)


def weight(bands: int, band: int, frequency: float) -> float:
    """Return the weight of a frequency in a band, one by one."""
    highest = 15 + 27 * math.log(8) / math.log(6.4)
    low, middle, high = (hertz(highest * (band + n) / (bands + 1)) for n in range(3))
    rising, falling = (frequency - low) / (middle - low), (high - frequency) / (high - middle)
    return max(0.0, min(rising, falling)) * 2 / (high - low)


@pytest.mark.parametrize("bands", [80, 128])
def test_the_filters_are_slaneys_with_any_number_of_bands(bands: int) -> None:
    expected = [[weight(bands, band, bin_ * 40.0) for bin_ in range(201)] for band in range(bands)]

    assert filters(bands).shape == (bands, 201)
    assert numpy.allclose(filters(bands), expected, atol=1e-12)


@pytest.mark.parametrize("bands", [80, 128])
@pytest.mark.parametrize("frequency", [200, 1000, 5000])
def test_a_tone_is_in_the_band_of_its_frequency(bands: int, frequency: int) -> None:
    tone = 8000 * numpy.sin(2 * numpy.pi * frequency * numpy.arange(RATE) / RATE)

    features = LogMel(bands).of(tone.astype("<i2").tobytes(), 1500)

    band = int(features[:, 50].argmax())
    assert abs(int(filters(bands)[:, frequency // 40].argmax()) - band) <= 1


def test_what_is_missing_is_zero_and_what_is_too_long_is_cut_off() -> None:
    noise = numpy.random.default_rng(1).normal(0, 1000, RATE).astype("<i2")

    short, long = LogMel(80).of(noise.tobytes(), 150), LogMel(80).of(noise.tobytes(), 30)

    assert short.shape == (80, 150)
    assert short[:, :100].all()
    assert not short[:, 100:].any()
    assert long.shape == (80, 30)


def test_the_spectrogram_is_that_of_a_plain_calculation() -> None:
    noise = numpy.random.default_rng(2).normal(0, 1000, 20 * HOP).astype("<i2")
    wave = numpy.pad(noise / 32768, 200, mode="reflect")
    window = 0.5 - 0.5 * numpy.cos(2 * numpy.pi * numpy.arange(400) / 400)
    powers = [abs(numpy.fft.rfft(wave[n * HOP : n * HOP + 400] * window)) ** 2 for n in range(20)]
    loudness = numpy.log10(numpy.maximum(filters(80) @ numpy.array(powers).T, 1e-10))
    expected = (numpy.maximum(loudness, loudness.max() - 8) + 4) / 4

    assert numpy.allclose(LogMel(80).of(noise.tobytes(), 20), expected, atol=1e-4)
