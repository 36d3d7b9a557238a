"""How loud a recording of the user is, and what that says about the microphone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from voicebot.audio import AudioFormat
from voicebot.diagnosis import Finding

_FRAME = 0.02
_FULL_SCALE = 32_768
_CLIPPED = 32_700
"""Samples from here on count as clipped."""
_MOST_CLIPPED = 0.001
_DIGITAL_SILENCE = -85.0
_QUIET = -45.0
_NOISY = -40.0
_ABOVE_NOISE = 10.0
"""Decibels below full scale, of frames of 20 ms; and by how much speech has to be above the noise."""
_CHOOSE = "choose the right microphone: `voicebot devices` lists them, `device.microphone` selects one"


def loudness(frame: bytes) -> float:
    """Return how loud s16le sound is, in decibels below full scale; at least -100."""
    import numpy

    samples = numpy.frombuffer(frame, "<i2").astype(float)
    power = float((samples**2).mean()) if len(samples) else 0.0
    return max(-100.0, 10 * math.log10(power / _FULL_SCALE**2)) if power else -100.0


def level_findings(sound: bytes, audio_format: AudioFormat) -> Iterator[Finding]:
    """Yield what a recording of somebody who speaks says about the microphone; nothing is wrong if it is one.

    Args:
        sound: s16le, of a few seconds.
    """
    import numpy

    size = audio_format.bytes_in(_FRAME)
    levels = sorted(loudness(sound[at : at + size]) for at in range(0, len(sound) - size + 1, size))
    if not levels:
        yield _finding("problem", "gave no sound", _CHOOSE)
        return
    noise, speech = _quantile(levels, 0.1), _quantile(levels, 0.95)
    if speech <= _DIGITAL_SILENCE:
        yield _finding(
            "problem", "gives nothing but silence: it is muted, or the wrong one", f"unmute it, or {_CHOOSE}"
        )
        return
    samples: Any = numpy.abs(numpy.frombuffer(sound[: len(sound) // 2 * 2], "<i2").astype(numpy.int32))
    clipped = float((samples >= _CLIPPED).mean())
    measured = f"{speech:.0f} dB at its loudest, {noise:.0f} dB at its quietest"
    fine = True
    if clipped >= _MOST_CLIPPED:
        fine = False
        yield _finding(
            "warning",
            f"clips: {clipped:.1%} of the samples are at the limit",
            "turn down its level in the sound settings, or speak from further away",
        )
    if noise > _NOISY:
        fine = False
        yield _finding(
            "warning",
            f"hears a loud background ({measured})",
            "use a headset, turn its level down, or turn off what makes the noise",
        )
    elif speech < _QUIET or speech - noise < _ABOVE_NOISE:
        fine = False
        yield _finding(
            "warning",
            f"hears nobody speak ({measured})",
            f"speak when asked to; turn up its level in the sound settings, or {_CHOOSE}",
        )
    if fine:
        yield _finding("ok", f"hears you well ({measured})")


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _finding(verdict: Any, message: str, remedy: str = "") -> Finding:
    return Finding("microphone-level", verdict, message, remedy)
