"""Telling an echo from a user by its sound, with voices made of noise that comes and goes in syllables."""

from __future__ import annotations

import numpy
import pytest

from voicebot.audio import AudioFormat
from voicebot.engine.hearing.echo.acoustic_detector import BLOCK, EchoBySound

RATE = 16_000
SOUND = AudioFormat(RATE)
SIZE = round(RATE * BLOCK)


def voice(seed, seconds=3.0):
    """Return something like speech: syllables of 60 to 250 ms, each with formants of its own."""
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


def in_a_room(sound, seed=7, seconds=0.2):
    """Add the room's reverberation."""
    random = numpy.random.default_rng(seed)
    count = int(RATE * seconds)
    answer = random.normal(size=count) * numpy.exp(-6.9 * numpy.arange(count) / count) * 0.1
    answer[0] = 1.0
    return numpy.convolve(sound, answer)[: len(sound)]


def late(sound, seconds):
    return numpy.concatenate([numpy.zeros(round(RATE * seconds)), sound])[: len(sound)]


def level(sound, decibels):
    return sound * 10 ** (decibels / 20)


def share_heard(heard, played):
    """Return in how many moments what is heard counts as an echo, from half a second on."""
    own = EchoBySound(SOUND, SOUND)
    verdicts = []
    noise = numpy.random.default_rng(3).normal(size=len(heard)) * 10
    heard, played = (heard + noise).clip(-32768, 32767).astype("<i2"), played.astype("<i2")
    for start in range(0, len(heard) - SIZE, SIZE):
        own.hear(heard[start : start + SIZE].tobytes(), played[start : start + SIZE].tobytes())
        if start > RATE // 2 and start % (4 * SIZE) == 0:
            verdicts.append(own.is_heard())
    return sum(verdicts) / len(verdicts)


@pytest.mark.parametrize("delay", [0.0, 0.07, 0.25, 0.45])
@pytest.mark.parametrize("decibels", [10, 0, -12, -30])
def test_an_echo_is_known_at_any_level_and_however_late(delay, decibels):
    played = voice(1)
    assert share_heard(level(in_a_room(late(played, delay)), decibels), played) > 0.95


@pytest.mark.parametrize("seed", range(2, 8))
def test_another_voice_is_no_echo(seed):
    assert share_heard(voice(seed), voice(1)) < 0.1


@pytest.mark.parametrize("seed", range(2, 6))
def test_a_user_over_an_echo_that_is_much_fainter_is_no_echo(seed):
    played = voice(1)
    assert share_heard(voice(seed) + level(in_a_room(late(played, 0.1)), -20), played) < 0.25


def compared(heard, played):
    """Return what compares what is heard with what is played, after each 40 ms of both."""
    own = EchoBySound(SOUND, SOUND)
    heard, played = heard.astype("<i2"), played.astype("<i2")
    for start in range(0, len(heard) - SIZE, SIZE):
        own.hear(heard[start : start + SIZE].tobytes(), played[start : start + SIZE].tobytes())
        if start % (4 * SIZE) == 0:
            yield own


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("seconds", [0.0, 0.2, 0.4])
def test_who_begins_when_the_last_word_has_faded_is_no_echo_of_its_end(seed, seconds):
    end = level(voice(2)[: RATE // 20], -70)  # a few steps of a sample
    played = numpy.concatenate([voice(1, 1.0), end, numpy.zeros(2 * RATE)])
    heard = late(numpy.concatenate([voice(seed), numpy.zeros(RATE)]), 1.0 + seconds)[: len(played)]
    likeness = [own.likeness for own in compared(heard, played) if own.is_heard() or own.likeness]
    assert 0 < max(likeness) < 0.6


def test_it_takes_a_while_of_sound_to_be_certain_of_an_echo():
    played = numpy.concatenate([numpy.zeros(RATE), voice(1)])
    certain = [own.is_certain for own in compared(played, played)]
    assert not any(certain[25:28])
    assert certain[35]


def test_nothing_is_an_echo_while_nothing_is_played():
    heard = voice(1)
    assert share_heard(heard, numpy.zeros_like(heard)) == 0


def test_an_echo_may_be_heard_until_a_second_after_the_last_sound():
    own = EchoBySound(SOUND, SOUND)
    silence, sound = bytes(2 * SIZE), b"\x01" * 2 * SIZE
    assert not own.may_be_heard
    own.hear(silence, sound)
    for _ in range(80):
        own.hear(silence, silence)
    assert own.may_be_heard
    for _ in range(20):
        own.hear(silence, silence)
    assert not own.may_be_heard
