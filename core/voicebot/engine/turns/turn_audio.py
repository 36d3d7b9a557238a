"""The sound of the user's turn, for a turn detector that listens."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from voicebot.audio import AudioFormat, Resampler

_LEAD = 0.5
"""Seconds before speech was noticed that still belong to the turn."""


class TurnAudio:
    """Keeps the last seconds of the user's turn.

    Args:
        microphone: format of what `write` is given; None where there is no sound.
        output: format that the turn detector takes; None if it does not listen, so that nothing is kept.
        seconds: how much the turn detector takes at most.
    """

    def __init__(self, microphone: AudioFormat | None, output: AudioFormat | None, seconds: float) -> None:
        self._microphone = microphone
        self._has_reports = False
        self.keep(output, seconds)

    def keep(self, output: AudioFormat | None, seconds: float) -> None:
        """Begin to keep sound in a format, None for no sound, and at most so many seconds."""
        resampler, most, lead = None, 0, 0
        if self._microphone is not None and output is not None:
            resampler = Resampler(self._microphone, output)
            most, lead = output.bytes_in(seconds), output.bytes_in(min(_LEAD, seconds))
        self._resampler: Resampler | None = resampler
        self._most, self._lead, self._size = most, lead, 0
        self._chunks: deque[bytes] = deque()
        self._at_pause: bytes | None = None

    def write(self, audio: bytes, is_idle: Callable[[], bool]) -> None:
        """Add sound from the microphone.

        Args:
            is_idle: whether no turn has begun, so that little needs to be kept.
        """
        if self._resampler is None:
            return
        audio = self._resampler.write(audio)
        self._chunks.append(audio)
        self._size += len(audio)
        self._trim(self._most)
        if self._has_reports and is_idle():  # otherwise, words show later that a turn has begun
            self._at_pause = None
            self._trim(self._lead)

    def speech_started(self, *, is_new_turn: bool) -> None:
        """Record that the user speaks; sound from before a new turn is dropped."""
        self._at_pause = None
        self._has_reports = True
        if is_new_turn:
            self._trim(self._lead)

    def speech_stopped(self) -> None:
        """Keep the sound of the turn as it is now, however late its words come.

        To a turn detector that listens and does not know of the silence, a longer pause sounds more like an
        end.
        """
        if self._resampler is not None:
            self._at_pause = b"".join(self._chunks)

    def read(self, *, with_silence: bool = False) -> bytes:
        """Return the sound of the turn up to the pause, or so far.

        Args:
            with_silence: whether to add what has been heard in the pause.
        """
        return b"".join(self._chunks) if with_silence or self._at_pause is None else self._at_pause

    def _trim(self, size: int) -> None:
        while self._size > size:
            self._size -= len(self._chunks.popleft())
