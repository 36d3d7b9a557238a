"""Made speech: how many of its words the bundled model gets wrong."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy
import pytest

Speak = Callable[[str, str], bytes]
Hear = Callable[..., list[str]]
RATE = 16_000
VOICES = ("slt", "rms")
SENTENCES = (
    "turn on the living room lamp",
    "my order has not arrived yet",
    "what will the weather be like tomorrow in Paris",
    "how much does the ticket cost",
    "I am looking for a hotel near the station",
    "the kitchen window is still open",
    "we would like to book a table for this evening",
    "thank you very much for your help",
    "the train leaves early in the morning",
    "please call my sister and tell her that I will be late",
)


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def errors(said: str, heard: str) -> int:
    """Return how many words were left out, added or taken for others."""
    row = list(range(len(words(heard)) + 1))
    for left_out, word in enumerate(words(said), 1):
        before, row[0] = row[0], left_out
        for at, other in enumerate(words(heard), 1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (word != other))
    return row[-1]


def noise(seconds: float, loudness: float) -> bytes:
    """Return white noise; loudness 60 is that of a quiet room at a usual gain."""
    wave = numpy.random.default_rng(0).normal(0, loudness, round(RATE * seconds))
    return wave.astype("<i2").tobytes()


def test_errors_are_words_left_out_added_and_taken_for_others() -> None:
    assert errors("turn on the lamp", "Turn on the lamp.") == 0
    assert errors("turn on the lamp", "turn the big ramp") == 3
    assert errors("a b c", "") == 3
    assert errors("", "a b") == 2


def test_a_few_sentences_are_understood(speak: Speak, hear: Hear) -> None:
    for sentence in SENTENCES[:3]:
        (heard,) = hear(speak(sentence, "slt") + noise(0.2, 10))
        assert errors(sentence, heard) <= 1, heard


@pytest.mark.slow
@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize(("lead", "tail"), [(0.1, 0.25), (0.3, 0.9)])
@pytest.mark.parametrize("loudness", [0, 60])
def test_noise_before_and_after_speech_makes_no_words(
    speak: Speak, hear: Hear, voice: str, lead: float, tail: float, loudness: float
) -> None:
    wrong = 0
    for sentence in SENTENCES:
        heard = hear(noise(lead, loudness) + speak(sentence, voice) + noise(tail, loudness), idle=True)
        wrong += errors(sentence, " ".join(heard))
    assert wrong <= 0.05 * len(words(" ".join(SENTENCES)))


@pytest.mark.slow
@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("pause", [0.1, 0.3, 0.7])
def test_a_dictation_of_25_seconds_loses_no_sentence(
    speak: Speak, hear: Hear, voice: str, pause: float
) -> None:
    text = " ".join(SENTENCES)
    sound = b"".join(speak(sentence, voice) + noise(pause, 10) for sentence in SENTENCES)
    assert len(sound) > 22 * RATE * 2
    assert errors(text, " ".join(hear(sound, idle=True))) <= 0.05 * len(words(text))


@pytest.mark.slow
@pytest.mark.parametrize("voice", VOICES)
def test_a_dictation_without_pauses_loses_no_sentence(speak: Speak, hear: Hear, voice: str) -> None:
    sound = speak(", ".join(SENTENCES), voice)
    assert errors(" ".join(SENTENCES), " ".join(hear(sound, idle=True))) <= 0.05 * len(
        words(" ".join(SENTENCES))
    )
