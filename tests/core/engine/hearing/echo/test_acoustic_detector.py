"""Telling an echo from a user by its sound, with voices of noise that comes and goes in syllables."""

from __future__ import annotations

import numpy
import pytest

from voicebot.audio import AudioFormat
from voicebot.engine.hearing.echo.acoustic_detector import BLOCK, AcousticEchoDetector

RATE = 16_000
SOUND = AudioFormat(RATE)
SIZE = round(RATE * BLOCK)


def voice(seed, seconds=3.0):
    """Return something like speech: syllables of 60 to 250 ms, each with formants of its detector."""
    random = numpy.random.default_rng(seed)
    parts = []
    while sum(map(len, parts)) < RATE * seconds:
        count = int(RATE * random.uniform(0.06, 0.25))
        spectrum = numpy.fft.rfft(random.normal(size=count))
        hertz = numpy.fft.rfftfreq(count, 1 / RATE)
        shape = sum(numpy.exp(-(((hertz - f) / 150) ** 2)) for f in random.uniform(250, 3500, 3))
        parts.append(numpy.fft.irfft(spectrum * shape, count) * numpy.hanning(count) * random.uniform(0.3, 1))
    sound = numpy.concatenate(parts)[: int(RATE * seconds)]
    return sound / numpy.abs(sound).max() * 8000


def reverberant(sound, seed=7, seconds=0.2):
    """Add the reverberation of a room."""
    random = numpy.random.default_rng(seed)
    count = int(RATE * seconds)
    answer = random.normal(size=count) * numpy.exp(-6.9 * numpy.arange(count) / count) * 0.1
    answer[0] = 1.0
    return numpy.convolve(sound, answer)[: len(sound)]


def late(sound, seconds):
    return numpy.concatenate([numpy.zeros(round(RATE * seconds)), sound])[: len(sound)]


def level(sound, decibels):
    return sound * 10 ** (decibels / 20)


def echo_share(heard, played):
    """Return the share of moments, from half a second on, in which the captured sound is an echo."""
    detector = AcousticEchoDetector(SOUND, SOUND)
    results = []
    noise = numpy.random.default_rng(3).normal(size=len(heard)) * 10
    heard, played = (heard + noise).clip(-32768, 32767).astype("<i2"), played.astype("<i2")
    for start in range(0, len(heard) - SIZE, SIZE):
        detector.add(heard[start : start + SIZE].tobytes(), played[start : start + SIZE].tobytes())
        if start > RATE // 2 and start % (4 * SIZE) == 0:
            results.append(detector.is_echo())
    return sum(results) / len(results)


@pytest.mark.parametrize("delay", [0.0, 0.07, 0.25, 0.45])
@pytest.mark.parametrize("decibels", [10, 0, -12, -30])
def test_an_echo_is_detected_at_any_level_and_delay(delay, decibels):
    played = voice(1)
    assert echo_share(level(reverberant(late(played, delay)), decibels), played) > 0.95


@pytest.mark.parametrize("seed", range(2, 8))
def test_another_voice_is_not_an_echo(seed):
    assert echo_share(voice(seed), voice(1)) < 0.1


@pytest.mark.parametrize("seed", range(2, 6))
def test_a_user_who_is_much_louder_than_the_echo_is_not_an_echo(seed):
    played = voice(1)
    assert echo_share(voice(seed) + level(reverberant(late(played, 0.1)), -20), played) < 0.25


def after_each_comparison(heard, played):
    """Yield a detector of an echo after each 40 ms of captured and played sound."""
    detector = AcousticEchoDetector(SOUND, SOUND)
    heard, played = heard.astype("<i2"), played.astype("<i2")
    for start in range(0, len(heard) - SIZE, SIZE):
        detector.add(heard[start : start + SIZE].tobytes(), played[start : start + SIZE].tobytes())
        if start % (4 * SIZE) == 0:
            yield detector


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("seconds", [0.0, 0.2, 0.4])
def test_a_user_who_begins_when_the_last_word_has_faded_is_not_an_echo_of_its_end(seed, seconds):
    end = level(voice(2)[: RATE // 20], -70)  # a few steps of a sample
    played = numpy.concatenate([voice(1, 1.0), end, numpy.zeros(2 * RATE)])
    heard = late(numpy.concatenate([voice(seed), numpy.zeros(RATE)]), 1.0 + seconds)[: len(played)]
    similarities = [
        detector.similarity
        for detector in after_each_comparison(heard, played)
        if detector.is_echo() or detector.similarity
    ]
    assert 0 < max(similarities) < 0.6


def test_a_comparison_is_reliable_after_a_quarter_of_a_second_of_sound():
    played = numpy.concatenate([numpy.zeros(RATE), voice(1)])
    certain = [detector.has_enough_sound for detector in after_each_comparison(played, played)]
    assert not any(certain[25:28])
    assert certain[35]


def test_nothing_is_an_echo_while_nothing_is_played():
    heard = voice(1)
    assert echo_share(heard, numpy.zeros_like(heard)) == 0


def test_an_echo_is_possible_until_a_second_after_the_last_sound():
    detector = AcousticEchoDetector(SOUND, SOUND)
    silence, sound = bytes(2 * SIZE), b"\x01" * 2 * SIZE
    assert not detector.echo_possible
    detector.add(silence, sound)
    for _ in range(80):
        detector.add(silence, silence)
    assert detector.echo_possible
    for _ in range(20):
        detector.add(silence, silence)
    assert not detector.echo_possible
