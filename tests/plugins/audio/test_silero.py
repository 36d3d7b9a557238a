"""What the `silero` detector hears, how soon, and when the model is left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import numpy
import pytest

from voicebot import VoiceActivity
from voicebot_audio.silero import SileroDetector, SileroOptions

RATE = 16_000
TEXTS = [
    "what is the weather in paris",
    "turn on the living room lamp",
    "hello there",
    "please stop",
    "yes",
    "no",
]


@pytest.fixture(scope="module")
def detector() -> SileroDetector:
    silero = SileroDetector(SileroOptions())
    asyncio.run(silero.start())
    return silero


def frames(detector: SileroDetector, sound: Any) -> Iterator[bytes]:
    audio = sound.astype("<i2").tobytes()
    size = detector.frame_bytes
    return (audio[i : i + size] for i in range(0, len(audio) - size + 1, size))


def probabilities(detector: SileroDetector, sound: Any, activity: VoiceActivity | None = None) -> list[float]:
    activity = activity or detector.detect()
    return [activity.probability(frame) for frame in frames(detector, sound)]


def noise(seconds: float, dbfs: float, seed: int = 1) -> Any:
    level = 32768 * 10 ** (dbfs / 20)
    return numpy.random.default_rng(seed).normal(0, level, round(seconds * RATE)).round()


def onset(speech: Any) -> int:
    """Return the first sample of 30 ms in which every 5 ms are less than 30 dB below the loudest."""
    windows = speech[: len(speech) // 80 * 80].reshape(-1, 80).astype(float)
    loud = (windows**2).mean(axis=1) > (windows**2).mean(axis=1).max() / 1000
    return 80 * next(i for i in range(len(loud)) if loud[i : i + 6].all())


@pytest.mark.parametrize("floor", [-90, -65, -50])
def test_speech_is_noticed_within_100_ms_whatever_the_room_is_like(
    detector: SileroDetector, speech: Callable[[str], Any], floor: float
) -> None:
    late = []
    for number, text in enumerate(TEXTS):
        spoken = speech(text)
        # The onset falls on every part of a frame in turn.
        before = RATE * 2 + number * 89
        sound = numpy.concatenate([numpy.zeros(before), spoken])
        sound += noise(len(sound) / RATE, floor)[: len(sound)]
        start = before + onset(spoken)

        heard = probabilities(detector, sound)

        noticed = next(i for i, p in enumerate(heard) if p >= detector.options.start)
        assert (noticed + 1) * 512 > start, f"{text}: noticed before it began"
        late.append(((noticed + 1) * 512 - start) / RATE)
    assert max(late) <= 0.1


def test_quiet_speech_passes_the_gate(detector: SileroDetector, speech: Callable[[str], Any]) -> None:
    spoken = speech("what is the weather in paris").astype(float)
    spoken *= 32768 * 10 ** (-42 / 20) / numpy.sqrt((spoken**2).mean())

    heard = probabilities(detector, numpy.concatenate([numpy.zeros(RATE), spoken]))

    assert max(heard) >= detector.options.start


@pytest.mark.parametrize("dbfs", [-90, -60, -40, -20])
def test_noise_is_not_speech(detector: SileroDetector, dbfs: float) -> None:
    assert max(probabilities(detector, noise(10, dbfs))) < detector.options.start


def test_the_gate_changes_little_of_what_the_model_says_of_speech(
    detector: SileroDetector, speech: Callable[[str], Any]
) -> None:
    spoken = speech("turn on the living room lamp")
    sound = (
        numpy.concatenate([numpy.zeros(RATE), spoken, numpy.zeros(RATE), spoken])
        + noise(20, -75)[: 2 * RATE + 2 * len(spoken)]
    )
    ungated = SileroDetector(SileroOptions(energy_gate=-120))

    with_gate, without = probabilities(detector, sound), probabilities(ungated, sound)

    decided = [(a >= 0.5) == (b >= 0.5) for a, b in zip(with_gate, without, strict=True)]
    assert sum(decided) / len(decided) >= 0.97
    assert with_gate[:20] == [0.0] * 20
    assert min(without[:20]) > 0.0


def test_a_pause_between_words_does_not_close_the_gate(
    detector: SileroDetector, speech: Callable[[str], Any]
) -> None:
    spoken = speech("hello there")
    heard = probabilities(detector, numpy.concatenate([spoken, numpy.zeros(RATE)]))

    loud = [(frame**2).mean() > (32768 * 10 ** (-55 / 20)) ** 2 for frame in _floats(spoken)]
    last = max(i for i, is_loud in enumerate(loud) if is_loud)
    assert all(p > 0 for p in heard[last : last + 17])
    assert heard[last + 18 :] == [0.0] * len(heard[last + 18 :])


def _floats(sound: Any) -> Any:
    return sound[: len(sound) // 512 * 512].reshape(-1, 512).astype(float)


def test_conversations_do_not_hear_each_other(detector: SileroDetector, speech: Callable[[str], Any]) -> None:
    spoken = speech("turn on the living room lamp")
    alone = probabilities(detector, spoken)

    one, other = detector.detect(), detector.detect()
    together = [
        (one.probability(a), other.probability(b))
        for a, b in zip(frames(detector, spoken), frames(detector, noise(9, -20)), strict=False)
    ]

    assert [a for a, _ in together] == alone
