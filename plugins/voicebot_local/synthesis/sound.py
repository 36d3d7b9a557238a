"""From the model's floats to even, trimmed s16le sound."""

from __future__ import annotations

from typing import Any

from voicebot import AudioFormat
from voicebot_local.synthesis.text.pieces import Boundary

_LOUDNESS = 0.1
"""The root mean square of speech at full volume, of 1: -20 dB, which leaves room for its peaks."""
_LOUDEST_GAIN = 8.0
_KNEE = 0.8
"""Level above which samples are compressed, so that none is ever clipped."""
_QUIET = 0.004
"""Level below which nothing is heard, after the gain: the voices' silence is at 0.001."""
_LEAD = 0.015
"""Seconds of quiet to leave before the first sound of a piece."""
_TAILS: dict[Boundary, float] = {"sentence": 0.2, "clause": 0.1, "word": 0.02}
"""Seconds of quiet after a piece, by what ends there; a voice leaves 0.1 to 0.22 after anything."""


def gain_for(sound: Any) -> float:
    """Return the gain that gives a voice the usual loudness, measured in some of its speech (floats)."""
    import numpy as np

    audible = np.abs(sound) > 0.02 * np.abs(sound).max(initial=1e-9)
    level = float(np.sqrt(np.mean(np.square(sound[audible])))) if audible.any() else 0.0
    return min(_LOUDNESS / level, _LOUDEST_GAIN) if level > 0 else 1.0


def pcm(sound: Any, gain: float) -> Any:
    """Return floats as int16 samples, louder by `gain`; peaks are compressed, never clipped."""
    import numpy as np

    louder = sound * np.float32(gain)
    level = np.abs(louder)
    if level.max(initial=0) > _KNEE:
        room = 1 - _KNEE
        compressed = _KNEE + room * np.tanh((level - _KNEE) / room)
        louder = np.where(level > _KNEE, np.copysign(compressed, louder), louder)
    return np.rint(louder * 32_767).astype("<i2")


class PieceTrimmer:
    """Evens out the quiet at the beginning and the end of a piece, whose sound comes in chunks.

    The chunks are int16 samples. The last one has to be longer than the quiet at the end.
    """

    def __init__(self, format: AudioFormat, boundary: Boundary) -> None:
        self._lead, self._tail = round(_LEAD * format.rate), round(_TAILS[boundary] * format.rate)
        self._begun = False

    def trimmed(self, samples: Any, *, is_last: bool) -> tuple[Any, int]:
        """Return what is to be heard of a chunk, and how many samples were removed before it."""
        import numpy as np

        heard = np.flatnonzero(np.abs(samples.astype("<i4")) > _QUIET * 32_767)
        first = 0
        if not self._begun:
            first = max(0, int(heard[0]) - self._lead) if len(heard) else len(samples)
            self._begun = len(heard) > 0
        if not (is_last and self._begun):
            return samples[first:], first
        end = (int(heard[-1]) + 1 if len(heard) else 0) + self._tail
        missing = max(0, end - len(samples))
        return np.concatenate([samples[first:end], np.zeros(missing, samples.dtype)]), first
