"""Trimming the silence at the end of speech; HD voices append a second of it."""

from __future__ import annotations

from voicebot import AudioFormat

DEFAULT_TAIL = 0.1
"""Seconds of silence to leave at the end by default."""
_AUDIBLE = 100
"""Samples above this (of 32,767) are speech: the room tone of the voices is quieter."""
_MAX_HELD = 2.0
"""Seconds of silence after which it is a pause that the text asks for."""


class SilenceTrimmer:
    """Holds silence back until speech follows it, and drops what it holds at the end.

    Silence before the first speech passes, since holding it back would only delay the voice.

    Args:
        tail: seconds of silence to pass on at once, which is all that is left at the end.
    """

    def __init__(self, format: AudioFormat, tail: float = DEFAULT_TAIL) -> None:
        import numpy

        self._numpy = numpy
        self._tail = format.bytes_in(tail)
        self._max_held = format.bytes_in(_MAX_HELD)
        self._held = bytearray()
        self._half_sample = b""
        """The first byte of a sample whose second byte has not arrived."""
        self._speech_started = False
        self._passed = 0
        """Bytes of silence passed on since the last speech."""

    def write(self, audio: bytes) -> bytes:
        """Return what can be played now; a sample may arrive in two halves."""
        if self._half_sample or len(audio) % 2:
            audio = self._half_sample + audio
            whole = len(audio) // 2 * 2
            audio, self._half_sample = audio[:whole], audio[whole:]
        if end := self._end_of_speech(audio):
            ready = bytes(self._held) + audio[:end]
            self._held.clear()
            self._speech_started, self._passed = True, 0
        else:
            ready = b""
        silence = audio[end:]
        passing = max(0, self._tail - self._passed) if self._speech_started else len(silence)
        self._passed += len(silence[:passing])
        self._held += silence[passing:]
        if len(self._held) > self._max_held:
            silence = bytes(self._held)
            self._held.clear()
            return ready + audio[end : end + passing] + silence
        return ready + audio[end : end + passing]

    def padding(self) -> bytes:
        """Return the silence that is missing if the speech ended with less than `tail`."""
        return bytes(max(0, self._tail - self._passed))

    def _end_of_speech(self, audio: bytes) -> int:
        """Return the number of bytes up to the last audible sample."""
        samples = self._numpy.frombuffer(audio, dtype="<i2").astype("<i4")
        loud = self._numpy.flatnonzero(abs(samples) > _AUDIBLE)
        return 2 * (int(loud[-1]) + 1) if len(loud) else 0
