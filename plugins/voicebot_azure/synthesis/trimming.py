"""Trimming the silence that voices end with; HD voices append a second of it."""

from __future__ import annotations

from voicebot import AudioFormat

KEPT = 0.1
"""Seconds of silence that are left at the end by default."""
_AUDIBLE = 100  # of 32,767; room tone of the voices is below, and speech fades through it within KEPT
_LONGEST = 2.0  # seconds; a longer pause is one that the text wants


class SilenceTrimmer:
    """Holds silence back until sound follows it; of what is held at the end, nothing is heard.

    Silence before the first sound passes, since holding it back would only make the voice later.

    Args:
        kept: seconds of silence that pass at once, and are all that is left of the end's silence.
    """

    def __init__(self, format: AudioFormat, kept: float = KEPT) -> None:
        import numpy

        self._numpy = numpy
        self._kept = format.bytes_in(kept)
        self._longest = format.bytes_in(_LONGEST)
        self._held = bytearray()
        self._half = b""
        """The first byte of a sample of which the other has not come."""
        self._heard = False
        self._passed = 0
        """Bytes of silence that passed since the last sound."""

    def write(self, audio: bytes) -> bytes:
        """Return what can be played now, of this and of what was held; a sample may come in two halves."""
        audio = self._half + audio
        whole = len(audio) // 2 * 2
        audio, self._half = audio[:whole], audio[whole:]
        if end := self._end_of_sound(audio):
            ready = bytes(self._held) + audio[:end]
            self._held.clear()
            self._heard, self._passed = True, 0
        else:
            ready = b""
        silence = audio[end:]
        passing = max(0, self._kept - self._passed) if self._heard else len(silence)
        self._passed += len(silence[:passing])
        self._held += silence[passing:]
        if len(self._held) > self._longest:
            silence = bytes(self._held)
            self._held.clear()
            return ready + audio[end : end + passing] + silence
        return ready + audio[end : end + passing]

    def pad(self) -> bytes:
        """Return what is missing to `kept` where the voice ended with less silence."""
        return bytes(max(0, self._kept - self._passed))

    def _end_of_sound(self, audio: bytes) -> int:
        """Return how many bytes there are up to the last sample that can be heard."""
        samples = self._numpy.frombuffer(audio, dtype="<i2").astype("<i4")
        loud = self._numpy.flatnonzero(abs(samples) > _AUDIBLE)
        return 2 * (int(loud[-1]) + 1) if len(loud) else 0
