"""The sound that the speaker is playing, read at the pace of the microphone, to compare an echo with."""

from __future__ import annotations

from voicebot.audio import AudioFormat
from voicebot.interfaces import AudioStream

_MAX_AHEAD = 0.15
"""Seconds by which reading may be ahead of what the device has played."""
_MAX_BEHIND = 0.1
"""Seconds by which reading may be behind before it skips sound."""
_AHEAD_AFTER_SKIP = 0.05
_DECIDED_AFTER = 0.05
"""Seconds of captured sound after which it is known whether the microphone has lost sound or was delayed."""
_PROGRESS_EXPECTED_AFTER = 0.2
"""Seconds of captured sound within which a delayed microphone must have begun to catch up."""
_LOST_AFTER = 1.0
"""Seconds without progress after which sound that waits to be played never will be: the device is gone."""


class EchoReference:
    """Keeps what is written to the speaker until it is read.

    Reading starts when sound is written, not when the device reports that it was played. It is then a little
    ahead, so sound is always read before its echo is captured, whatever the device buffers. How far ahead
    does not matter, but it must not change in the middle of speech.

    On a busy machine the microphone's sound may be delayed, and then arrive all at once. Its first frames
    look as if earlier sound had been lost, and reading skips what was played meanwhile. When more frames
    arrive before the device has played anything else, reading goes back.

    Args:
        stream: counts what it has played.
        speaker: format of the sound that the speaker takes.
    """

    def __init__(self, stream: AudioStream, speaker: AudioFormat) -> None:
        self._stream = stream
        self._format = speaker
        self._unread = bytearray()
        self._position = 0.0
        """Second, as the device counts what it has played, at which the unread sound begins."""
        self._waited = 0.0
        self._skipped = bytearray()
        """What was skipped, and read since, until it is known whether skipping was right."""
        self._skipped_at = self._read_since_skip = 0.0
        self._behind = self._without_progress = 0.0

    def written(self, audio: bytes) -> None:
        """Add sound that is written to the device, as loud as it is written."""
        if not self._unread:
            self._position = max(self._position, self._stream.played)
            self._skipped.clear()
        self._unread += audio

    def cleared(self) -> None:
        """Drop the sound that was not played: the device will not play it."""
        self._unread.clear()
        self._skipped.clear()
        self._position = self._stream.played

    @property
    def is_empty(self) -> bool:
        """Whether all that was written has been read."""
        return not self._unread

    def read(self, seconds: float) -> bytes:
        """Return the next `seconds` of what is played: silence where nothing is."""
        size = self._format.bytes_in(seconds)
        if self._skipped and self._read_since_skip >= _DECIDED_AFTER:
            self._confirm_skip()
        ahead = self._position - self._stream.played
        if self._unread and ahead > _MAX_AHEAD:
            self._wait(seconds)
            return bytes(size)
        self._waited = 0.0
        if ahead < -_MAX_BEHIND and not self._is_catching_up(-ahead, seconds):
            self._skipped = bytearray(self._take(self._format.bytes_in(_AHEAD_AFTER_SKIP - ahead)))
            self._skipped_at, self._read_since_skip = self._stream.played, 0.0
        audio = self._take(size)
        if self._skipped:
            self._skipped += audio
            self._read_since_skip += seconds
        return audio.ljust(size, b"\0")

    def _confirm_skip(self) -> None:
        """Go back to what was skipped if the device has played hardly anything since."""
        if self._stream.played - self._skipped_at < self._read_since_skip / 2:
            self._position -= self._format.seconds_in(len(self._skipped))
            self._unread[:0] = self._skipped
            self._take(self._format.bytes_in(self._read_since_skip))
            self._behind, self._without_progress = self._stream.played - self._position, 0.0
        self._skipped.clear()

    def _is_catching_up(self, behind: float, seconds: float) -> bool:
        """Return whether reading that went back is getting less far behind."""
        if self._behind <= _MAX_BEHIND:
            return False
        if behind < self._behind - seconds / 2:
            self._behind, self._without_progress = behind, 0.0
            return True
        self._without_progress += seconds
        if self._without_progress < _PROGRESS_EXPECTED_AFTER:
            return True
        self._behind = 0.0
        return False

    def _take(self, size: int) -> bytes:
        audio = bytes(self._unread[:size])
        del self._unread[:size]
        self._position += self._format.seconds_in(len(audio))
        return audio

    def _wait(self, seconds: float) -> None:
        self._waited += seconds
        if self._waited >= _LOST_AFTER:
            self.cleared()
