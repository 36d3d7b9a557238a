"""The two codecs of the telephone, mu-law and A-law, one byte a sample at 8000 Hz (ITU-T G.711)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from voicebot import AudioFormat

if TYPE_CHECKING:
    import numpy

    Samples: TypeAlias = numpy.ndarray[Any, numpy.dtype[Any]]

RATE: Final = 8000
FORMAT: Final = AudioFormat(RATE)
"""What a telephone hears and says, decoded: s16le at 8000 Hz."""


class G711:
    """One of the two laws; its tables are made when it is first used.

    Args:
        decode: from the 256 codes to samples.
        encode: from all 65,536 samples to codes.
    """

    def __init__(
        self, name: str, decode: Callable[[Samples], Samples], encode: Callable[[Samples], Samples]
    ) -> None:
        self.name = name
        self._decode, self._encode = decode, encode

    def decode(self, codes: bytes) -> bytes:
        """Return s16le sound, two bytes for each code."""
        import numpy

        return self._samples[numpy.frombuffer(codes, numpy.uint8)].tobytes()

    def encode(self, audio: bytes) -> bytes:
        """Return one code for each sample of s16le sound; an odd byte at the end is left out."""
        import numpy

        codes: bytes = self._codes[numpy.frombuffer(audio, "<u2", count=len(audio) // 2)].tobytes()
        return codes

    @cached_property
    def _samples(self) -> Samples:
        import numpy

        return self._decode(numpy.arange(256)).astype("<i2")

    @cached_property
    def _codes(self) -> Samples:
        import numpy

        return self._encode(numpy.arange(65536).astype(numpy.uint16).view(numpy.int16).astype(int)).astype(
            numpy.uint8
        )


def _decode_mulaw(codes: Samples) -> Samples:
    import numpy

    codes = ~codes & 0xFF
    size = (((codes & 0x0F) << 3) + 132 << ((codes & 0x70) >> 4)) - 132
    samples: Samples = numpy.where(codes & 0x80, -size, size)
    return samples


def _encode_mulaw(samples: Samples) -> Samples:
    import numpy

    size = numpy.minimum(abs(samples), 32635) + 132
    segment = numpy.log2(size).astype(int) - 7
    sign = numpy.where(samples < 0, 0x80, 0)
    codes: Samples = ~(sign | segment << 4 | size >> segment + 3 & 0x0F) & 0xFF
    return codes


def _decode_alaw(codes: Samples) -> Samples:
    import numpy

    codes = codes ^ 0x55
    segment = (codes & 0x70) >> 4
    size = ((codes & 0x0F) << 4) + numpy.where(segment, 0x108, 8) << numpy.maximum(segment - 1, 0)
    samples: Samples = numpy.where(codes & 0x80, size, -size)
    return samples


def _encode_alaw(samples: Samples) -> Samples:
    import numpy

    size = numpy.where(samples < 0, -samples - 1, samples) >> 3
    segment = numpy.maximum(numpy.log2(numpy.maximum(size, 1)).astype(int) - 4, 0)
    code = segment << 4 | size >> numpy.maximum(segment, 1) & 0x0F
    codes: Samples = code ^ numpy.where(samples < 0, 0x55, 0xD5)
    return codes


MULAW: Final = G711("mu-law", _decode_mulaw, _encode_mulaw)
ALAW: Final = G711("A-law", _decode_alaw, _encode_alaw)
