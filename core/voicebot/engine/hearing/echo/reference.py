"""The sound that the speaker is playing, read at the pace of the microphone: what an echo is an echo of."""

from __future__ import annotations

from voicebot.audio import AudioFormat
from voicebot.interfaces import AudioStream

_AHEAD = 0.15
"""Seconds that reading may be ahead of what the device has played."""
_BEHIND = 0.1
_CAUGHT_UP = 0.05
_JUDGED, _HELD_UP = 0.05, 0.2
"""Seconds of sound after which it is known whether a microphone that was behind has lost sound, or its sound
was held up; and after which one that was held up must be catching up."""
_LOST = 1.0
"""Seconds without progress after which what waits to be played never will be: the device has gone."""


class EchoReference:
    """Remembers what is written to the speaker until it is read.

    Reading starts when sound is written, not when the device says that it was played: then it is a little
    ahead, and what is read always comes before its echo, whatever the device's buffers hold. How long
    before does not matter, but it must not change in mid-speech.

    On a busy machine the microphone's sound may be held up, and then come all at once. Its first frames look
    as if the sound before them were lost, and reading skips what was played meanwhile; when the next ones
    come before the device has played any more, it goes back.

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
        self._skipped = bytearray()
        """What was skipped, and read since, as long as it is not known whether that was right."""
        self._skipped_at = self._read_since = 0.0
        self._behind = self._stood = 0.0

    def written(self, audio: bytes) -> None:
        """Take note of sound that is written, as loud as it is written."""
        if not self._tape:
            self._at = max(self._at, self._stream.played)
            self._skipped.clear()
        self._tape += audio

    def cleared(self) -> None:
        """Take note that what was not played will not be."""
        self._tape.clear()
        self._skipped.clear()
        self._at = self._stream.played

    @property
    def is_over(self) -> bool:
        """Whether all that was written has been read."""
        return not self._tape

    def read(self, seconds: float) -> bytes:
        """Return the next `seconds` of what is played: silence where nothing is."""
        size = self._sound.bytes_in(seconds)
        if self._skipped and self._read_since >= _JUDGED:
            self._judge_skip()
        ahead = self._at - self._stream.played
        if self._tape and ahead > _AHEAD:
            self._wait(seconds)
            return bytes(size)
        self._waited = 0.0
        if ahead < -_BEHIND and not self._is_catching_up(-ahead, seconds):
            self._skipped = bytearray(self._take(self._sound.bytes_in(_CAUGHT_UP - ahead)))
            self._skipped_at, self._read_since = self._stream.played, 0.0
        taken = self._take(size)
        if self._skipped:
            self._skipped += taken
            self._read_since += seconds
        return taken.ljust(size, b"\0")

    def _judge_skip(self) -> None:
        """Go back to what was skipped if the device has played hardly anything since."""
        if self._stream.played - self._skipped_at < self._read_since / 2:
            self._at -= self._sound.seconds_in(len(self._skipped))
            self._tape[:0] = self._skipped
            self._take(self._sound.bytes_in(self._read_since))
            self._behind, self._stood = self._stream.played - self._at, 0.0
        self._skipped.clear()

    def _is_catching_up(self, behind: float, seconds: float) -> bool:
        """Return whether reading that went back is getting less far behind."""
        if self._behind <= _BEHIND:
            return False
        if behind < self._behind - seconds / 2:
            self._behind, self._stood = behind, 0.0
            return True
        self._stood += seconds
        if self._stood < _HELD_UP:
            return True
        self._behind = 0.0
        return False

    def _take(self, size: int) -> bytes:
        taken = bytes(self._tape[:size])
        del self._tape[:size]
        self._at += self._sound.seconds_in(len(taken))
        return taken

    def _wait(self, seconds: float) -> None:
        self._waited += seconds
        if self._waited >= _LOST:
            self.cleared()
