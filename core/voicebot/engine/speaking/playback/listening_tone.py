"""The short tone that says "I am listening"."""

from __future__ import annotations

import math
from array import array
from sys import byteorder

from voicebot.audio import AudioFormat

_SECONDS = 0.12
_FREQUENCY = 880.0
_AMPLITUDE = 0.2


def listening_tone(format: AudioFormat) -> bytes:
    """Return a soft sine tone of 0.12 s that fades in and out, as s16le."""
    count = round(_SECONDS * format.rate)
    samples = array("h", (_sample(index, count, format.rate) for index in range(count)))
    if byteorder == "big":
        samples.byteswap()
    return samples.tobytes()


def _sample(index: int, count: int, rate: int) -> int:
    fade = math.sin(math.pi * index / count)
    return round(32767 * _AMPLITUDE * fade * math.sin(2 * math.pi * _FREQUENCY * index / rate))
