"""The sound that the speaker is playing, read at the pace of the microphone: what an echo is an echo of."""

from __future__ import annotations

from voicebot.audio import AudioFormat
from voicebot.interfaces import AudioStream

_AHEAD = 0.15
"""Seconds that reading may be ahead of what the device has played."""
_BEHIND = 0.1
_CAUGHT_UP = 0.05
_LOST = 1.0
"""Seconds without progress after which what waits to be played never will be: the device has gone."""


class Played:
    """Remembers what is written to the speaker until it is read.

    Reading starts when sound is written, not when the device says that it was played: then it is a little
    ahead, and what is read always comes before its echo, whatever the device's buffers hold. How long
    before does not matter, but it must not change in mid-speech.

    Args:
        stream: counts what it has played.
        sound: what the speaker takes.
    """

    def __init__(self, stream: AudioStream, sound: AudioFormat) -> None:
        self._stream = stream
        self._sound = sound
        self._tape = bytearray()
        self._at = 0.0
        """Second, as the device counts what it plays, at which the tape begins."""
        self._waited = 0.0

    def wrote(self, audio: bytes) -> None:
        """Take note of sound that is written, as loud as it is written."""
        if not self._tape:
            self._at = max(self._at, self._stream.played)
        self._tape += audio

    def cleared(self) -> None:
        """Take note that what was not played will not be."""
        self._tape.clear()
        self._at = self._stream.played

    @property
    def is_over(self) -> bool:
        """Whether all that was written has been read."""
        return not self._tape

    def read(self, seconds: float) -> bytes:
        """Return the next `seconds` of what is played: silence where nothing is."""
        size = self._sound.bytes_in(seconds)
        ahead = self._at - self._stream.played
        if self._tape and ahead > _AHEAD:
            self._wait(seconds)
            return bytes(size)
        self._waited = 0.0
        if ahead < -_BEHIND:
            self._take(self._sound.bytes_in(_CAUGHT_UP - ahead))
        return self._take(size).ljust(size, b"\0")

    def _take(self, size: int) -> bytes:
        taken = bytes(self._tape[:size])
        del self._tape[:size]
        self._at += self._sound.seconds_in(len(taken))
        return taken

    def _wait(self, seconds: float) -> None:
        self._waited += seconds
        if self._waited >= _LOST:
            self.cleared()
