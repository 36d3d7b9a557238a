"""The framework's sound format: mono, signed 16 bit, little endian (s16le), at any sample rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

BYTES_PER_SAMPLE = 2


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """Mono s16le PCM at `rate` Hz."""

    rate: int

    @property
    def bytes_per_second(self) -> int:
        """Bytes in one second of sound."""
        return self.rate * BYTES_PER_SAMPLE

    def bytes_in(self, seconds: float) -> int:
        """Bytes of the whole samples in `seconds` of sound."""
        return round(seconds * self.rate) * BYTES_PER_SAMPLE

    def seconds_in(self, size: int) -> float:
        """Seconds of sound in `size` bytes."""
        return size / self.bytes_per_second


class WholeSamples:
    """Joins samples that were split between two pieces of sound."""

    def __init__(self) -> None:
        self._rest = b""

    def __call__(self, audio: bytes) -> bytes:
        """Return the whole samples that are complete with the next piece."""
        if not self._rest and not len(audio) % BYTES_PER_SAMPLE:
            return audio
        audio = self._rest + audio
        size = len(audio) // BYTES_PER_SAMPLE * BYTES_PER_SAMPLE
        self._rest = audio[size:]
        return audio[:size]


class Resampler:
    """Converts a stream of s16le chunks from one rate to another (with soxr, quality HQ).

    Chunks may have any size. If the rates are equal, sound passes through unchanged and nothing is imported.
    """

    def __init__(self, source: AudioFormat, target: AudioFormat) -> None:
        self._whole_samples = WholeSamples()
        self._stream: Any = None
        if source.rate != target.rate:
            import numpy
            import soxr

            self._numpy = numpy
            self._stream = soxr.ResampleStream(source.rate, target.rate, 1, dtype="int16", quality="HQ")

    def write(self, audio: bytes) -> bytes:
        """Return the sound that is ready after `audio`; up to 40 ms are kept until `flush`."""
        return audio if self._stream is None else self._convert(self._whole_samples(audio), last=False)

    def flush(self) -> bytes:
        """Return the rest, and start over."""
        if self._stream is None:
            return b""
        rest = self._convert(b"", last=True)
        self._stream.clear()
        self._whole_samples = WholeSamples()
        return rest

    def _convert(self, audio: bytes, *, last: bool) -> bytes:
        samples = self._numpy.frombuffer(audio, dtype="<i2")
        converted: bytes = self._stream.resample_chunk(samples, last=last).astype("<i2").tobytes()
        return converted
