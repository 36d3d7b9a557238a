"""Trimming the silence before and after speech."""

from __future__ import annotations

from voicebot import AudioFormat

_AUDIBLE = 100
"""Samples above this (of 32,767) are speech: the room tone of the voices is quieter."""
_LEAD = 0.03
"""Seconds to leave before the first speech, for consonants that begin softly."""
_MAX_HELD = 2.0
"""Seconds of silence after which it is a pause that the text asks for."""


class SilenceTrimmer:
    """Drops silence before the first speech, and holds later silence back until speech follows it.

    Args:
        tail: seconds of silence to leave at the end.
    """

    def __init__(self, format: AudioFormat, tail: float) -> None:
        import numpy

        self._numpy = numpy
        self._lead = format.bytes_in(_LEAD)
        self._tail = format.bytes_in(tail)
        self._max_held = format.bytes_in(_MAX_HELD)
        self._held = bytearray()
        self._begun = False
        self._passed = 0
        """Bytes of silence passed on since the last speech."""

    def write(self, audio: bytes) -> bytes:
        """Return what can be played now; `audio` holds whole samples."""
        loud = self._loud(audio)
        if not self._begun:
            self._held += audio
            if loud is None:
                del self._held[: -self._lead]
                return b""
            self._begun = True
            start = max(0, len(self._held) - len(audio) + loud[0] - self._lead)
            audio = bytes(self._held[start:])
            self._held.clear()
            loud = self._loud(audio)
        end = loud[1] if loud is not None else 0
        ready = b""
        if end:
            ready = bytes(self._held) + audio[:end]
            self._held.clear()
            self._passed = 0
        silence = audio[end:]
        passing = min(len(silence), max(0, self._tail - self._passed))
        self._passed += passing
        self._held += silence[passing:]
        ready += silence[:passing]
        if len(self._held) > self._max_held:
            ready += bytes(self._held)
            self._held.clear()
        return ready

    def padding(self) -> bytes:
        """Return the silence that is missing if the speech ended with less than `tail`."""
        return bytes(max(0, self._tail - self._passed)) if self._begun else b""

    def _loud(self, audio: bytes) -> tuple[int, int] | None:
        """Return where the audible samples begin and end, in bytes; None if there are none."""
        samples = self._numpy.frombuffer(audio, dtype="<i2").astype("<i4")
        loud = self._numpy.flatnonzero(abs(samples) > _AUDIBLE)
        return (2 * int(loud[0]), 2 * (int(loud[-1]) + 1)) if len(loud) else None
