"""The loudness of speech over time: how long it is audible, and how it ends."""

from __future__ import annotations

from typing import Any

from voicebot.audio import BYTES_PER_SAMPLE, AudioFormat

_FRAME = 0.02
_END = 0.01
_LOUD = 0.95
"""The quantile of the frames' loudness that counts as loud."""
_QUIET = 0.05
"""Loudness relative to loud speech below which nothing is audible: -26 dB."""
_CUT = 0.3
"""Loudness relative to loud speech above which no speech ends: flite, espeak and piper reach 0.16."""
_BETWEEN = (0.1, 0.7)
_VARIED = 0.2
"""The least share of frames between quiet and loud in speech: a tone has less, and may end anyhow."""


def audible_seconds(sound: bytes, form: AudioFormat) -> float:
    """Return the audible seconds, louder than the noise between words."""
    import numpy as np

    frames = _frames(sound, form)
    return float((frames > _QUIET * np.quantile(frames, _LOUD)).sum() * _FRAME) if frames.any() else 0.0


def is_cut_off(sound: bytes, form: AudioFormat) -> bool:
    """Return whether speech ends while it is loud."""
    import numpy as np

    frames = _frames(sound, form)
    if not frames.any():
        return False
    loud = np.quantile(frames, _LOUD)
    quietest, loudest = (part * loud for part in _BETWEEN)
    heard = frames[frames > _QUIET * loud]
    varied = ((heard > quietest) & (heard < loudest)).mean()
    end = _samples(sound)[-max(1, round(form.rate * _END)) :]
    return bool(varied > _VARIED and np.sqrt((end**2).mean()) > _CUT * loud)


def _samples(sound: bytes) -> Any:
    import numpy as np

    whole = len(sound) // BYTES_PER_SAMPLE * BYTES_PER_SAMPLE
    return np.frombuffer(sound[:whole], dtype="<i2").astype(np.float32)


def _frames(sound: bytes, form: AudioFormat) -> Any:
    """Return the loudness of each frame."""
    import numpy as np

    samples, size = _samples(sound), max(1, round(form.rate * _FRAME))
    whole = samples[: len(samples) // size * size].reshape(-1, size)
    return np.sqrt((whole**2).mean(axis=1))
