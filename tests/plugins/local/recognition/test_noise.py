"""Sounds that are not speech have no words."""

from __future__ import annotations

from collections.abc import Callable

import numpy
import pytest
from numpy.typing import NDArray

from voicebot_local.recognition.whisper_model import BYTES_PER_SECOND, Sound, WhisperModel

Wave = NDArray[numpy.float64]
RATE, SECONDS = 16_000, 3.0
COUNT = round(RATE * SECONDS)
TIME = numpy.arange(COUNT) / RATE


def random(seed: int) -> numpy.random.Generator:
    return numpy.random.default_rng(seed)


def coloured(slope: float, low: float = 20, high: float = 8000, seed: int = 0) -> Wave:
    """Return noise whose power falls with the frequency to the power of `slope`."""
    spectrum = numpy.fft.rfft(random(seed).normal(0, 1, COUNT))
    frequencies = numpy.maximum(numpy.fft.rfftfreq(COUNT, 1 / RATE), 1)
    spectrum *= frequencies ** (-slope / 2) * ((frequencies >= low) & (frequencies <= high))
    return numpy.fft.irfft(spectrum, COUNT)


def tones(*frequencies: float) -> Wave:
    return numpy.sum([numpy.sin(2 * numpy.pi * each * TIME) for each in frequencies], axis=0)


def bursts(every: float, length: float, sound: Wave) -> Wave:
    return sound * (TIME % every < length)


def fading(every: float, decay: float) -> Wave:
    return numpy.exp(-(TIME % every) / decay)


def melody(*notes: float) -> Wave:
    """Return plucked notes with overtones, four a second."""
    frequencies = numpy.array(notes)[(TIME * 4).astype(int) % len(notes)]
    phase = 2 * numpy.pi * numpy.cumsum(frequencies) / RATE
    return sum(numpy.sin(n * phase) / n for n in range(1, 6)) * fading(0.25, 0.15)


SOUNDS: dict[str, Callable[[], Wave]] = {
    "silence": lambda: numpy.zeros(COUNT),
    "white noise": lambda: coloured(0),
    "pink noise": lambda: coloured(1),
    "brown noise": lambda: coloured(2),
    "blue noise": lambda: coloured(-1),
    "a fan": lambda: coloured(1.5, 50, 900) * (1 + 0.3 * tones(11)),
    "rain": lambda: coloured(0, 1000) + 4 * coloured(0, 2000, 6000) * (random(3).random(COUNT) > 0.999),
    "wind": lambda: coloured(2, 50, 600) * (1 + 0.8 * tones(0.7)),
    "hum of 50 Hz": lambda: tones(50, 100, 150),
    "hum of 60 Hz": lambda: tones(60, 120, 180, 240),
    "a tone": lambda: tones(440),
    "beeps": lambda: bursts(0.5, 0.2, tones(1000)),
    "an alarm": lambda: numpy.where(TIME % 0.6 < 0.3, tones(800), tones(1000)),
    "a telephone": lambda: bursts(1.5, 0.8, tones(440, 480)),
    "dialling": lambda: bursts(0.3, 0.15, tones(770, 1336)),
    "a siren": lambda: numpy.sin(2 * numpy.pi * numpy.cumsum(700 + 300 * tones(0.5)) / RATE),
    "clicks": lambda: bursts(0.4, 0.002, numpy.ones(COUNT)),
    "keys": lambda: coloured(0, 1000, seed=4) * fading(0.17, 0.008),
    "knocks": lambda: tones(120, 180) * fading(0.4, 0.03),
    "a melody": lambda: melody(262, 294, 330, 349, 392),
    "chords": lambda: (melody(262, 262, 349, 392) + melody(330, 330, 440, 494)) / 2,
    "drums": lambda: tones(60) * fading(0.5, 0.1) + coloured(0, 3000) * fading(0.25, 0.03),
    "breath": lambda: coloured(0.5, 300, 3000) * numpy.maximum(tones(0.4), 0) ** 2,
    "a puff of air": lambda: coloured(1.5, 20, 1000) * numpy.exp(-(((TIME - 1.5) / 0.15) ** 2)),
    "an engine": lambda: numpy.tanh(3 * tones(83, 166, 249)) + 0.3 * coloured(1),
}


def recorded(wave: Wave, loudness: float) -> bytes:
    peak = max(float(numpy.abs(wave).max()), 1e-9)
    return (wave / peak * loudness * 32767).astype("<i2").tobytes()


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound_that_is_not_speech_has_no_words(name: str, hear: Callable[[bytes], list[str]]) -> None:
    assert hear(recorded(SOUNDS[name](), 0.3)) == [""]


@pytest.mark.slow
@pytest.mark.parametrize("loudness", [0.03, 0.3, 0.9])
@pytest.mark.parametrize("name", SOUNDS)
def test_whisper_itself_takes_it_for_no_speech(name: str, loudness: float, whisper: WhisperModel) -> None:
    audio = recorded(SOUNDS[name](), loudness)
    assert whisper.decode(Sound(audio, len(audio) / BYTES_PER_SECOND)).text == ""
