"""The short tone that says "I am listening"."""

from __future__ import annotations

import math
from array import array
from sys import byteorder

from voicebot.audio import AudioFormat

_SECONDS = 0.12
_PITCH = 880.0
_LOUDNESS = 0.2


def listening_tone(sound: AudioFormat) -> bytes:
    """Return a soft sine of 0.12 s that swells and fades, as s16le."""
    count = round(_SECONDS * sound.rate)
    samples = array(
        "h",
        (
            round(
                32767
                * _LOUDNESS
                * math.sin(math.pi * i / count)
                * math.sin(2 * math.pi * _PITCH * i / sound.rate)
            )
            for i in range(count)
        ),
    )
    if byteorder == "big":
        samples.byteswap()
    return samples.tobytes()
