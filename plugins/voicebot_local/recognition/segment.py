"""The speech between two commits: what of it is decoded, and when the rest is due. Sans-IO."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from voicebot_local.recognition.voice_activity import CHUNK, CHUNK_SECONDS
from voicebot_local.recognition.whisper_model import BYTES_PER_SECOND, Decoded

_BEFORE, _AFTER = 16, 16
"""Chunks of sound that are kept before and after speech: half a second each."""
_LEAST_SPEECH = 0.2
"""Seconds; less is a click or a breath, for which Whisper makes up words."""
_LONG = 6.0
"""Seconds of sound from which the beginning is settled: of longer sound, Whisper leaves out sentences."""
_FIRST_CUT, _CUT = 2.0, 0.2
"""Seconds of sound that are settled at least, and of the quiet in which it is cut."""
_CUT_PAUSE = 0.2
"""Seconds without speech between two phrases, which are then settled one by one."""
_PAUSE = 1.2
"""Seconds without speech that end a segment without a commit."""
_LONG_TEXT, _SHORT_PAUSE = 30.0, 0.25
"""Seconds of settled sound after which such a pause ends a segment."""
_LONGEST_TEXT = 45.0
"""Seconds of settled sound after which its text is final without a pause: the engine keeps a minute of sound
for the case that recognition breaks."""
_TAIL = 0.1
"""Seconds without speech after which what is decoded can be the final: the last sound of a word is soft."""

_UNSPACED = frozenset("bo ja km lo my th yue zh".split())
"""Whisper's codes of languages that are written without spaces between sentences."""


@dataclass(frozen=True, slots=True)
class Partial:
    """What was decoded for now: the first `size` bytes, when so many chunks of speech had come."""

    decoded: Decoded
    size: int
    speech: int


class Segment:
    """The sound of one segment of speech; silence before, after and within it is not kept.

    Args:
        before: the sound just before it, by chunks.
    """

    def __init__(self, before: deque[bytes] | None = None) -> None:
        self.sound = bytearray()
        """What is not settled: s16le at 16 kHz."""
        self.committed = self.finished = False
        self.language: str | None = None
        """Whisper's code of the language of what is settled."""
        self.reported = ""
        """The latest partial transcript."""
        self._before = deque(before or (), maxlen=_BEFORE)
        self._texts: list[str] = []
        self._settled = 0.0
        self._partial: Partial | None = None
        self._speech_at: list[int] = []
        self._pauses: list[int] = []
        self._speech = 0
        self._silence = 0

    def add(self, chunk: bytes, *, is_speech: bool) -> None:
        """Add the next chunk of sound."""
        if is_speech:
            if self._speech_at and self._silence * CHUNK_SECONDS >= _CUT_PAUSE:
                self._pauses.append(len(self.sound) - min(self._silence, _AFTER) * CHUNK // 2)
            for earlier in self._before:
                self.sound += earlier
            self._before.clear()
            self._speech_at.append(len(self.sound))
            self._speech += 1
            self._silence = 0
            self.sound += chunk
            return
        self._silence += 1
        if self._speech_at and self._silence <= _AFTER:
            self.sound += chunk
        else:
            self._before.append(chunk)

    def following(self) -> Segment:
        """Return the segment after this one, which begins with the silence that this one has not used."""
        return Segment(self._before)

    @property
    def text(self) -> str:
        """What is settled."""
        return self._joined(self._texts)

    @property
    def speech(self) -> float:
        """Seconds of speech that are not settled."""
        return len(self._speech_at) * CHUNK_SECONDS

    @property
    def has_speech(self) -> bool:
        """Whether there is speech that is not settled, more than a click."""
        return self.speech >= _LEAST_SPEECH

    @property
    def is_long(self) -> bool:
        """Whether the beginning should be settled before anything else."""
        return len(self.sound) > _LONG * BYTES_PER_SECOND or self._pause is not None

    @property
    def is_over(self) -> bool:
        """Whether it ends here although nobody has committed it."""
        if not self._texts and not self.has_speech:
            return False
        pause = self._silence * CHUNK_SECONDS
        return pause >= _PAUSE or (self._settled >= _LONG_TEXT and pause >= _SHORT_PAUSE)

    def cut(self) -> int:
        """Return where to cut sound that is long, in bytes: in its first pause, or at its quietest place."""
        if self._pause is not None:
            return self._pause

        import numpy

        step = CHUNK // 4
        wave = numpy.frombuffer(bytes(self.sound[: round(_LONG * BYTES_PER_SECOND)]), "<i2").astype("f4")
        energy = (wave[: len(wave) // (step // 2) * (step // 2)].reshape(-1, step // 2) ** 2).sum(axis=1)
        wide = round(_CUT * BYTES_PER_SECOND / step)
        sums = numpy.convolve(energy, numpy.ones(wide, "f4"), "valid")
        first = round(_FIRST_CUT * BYTES_PER_SECOND / step)
        return int(first + sums[first:].argmin() + wide // 2) * step

    def is_partial_due(self, interval: float) -> bool:
        """Return whether there is so much new sound that it should be decoded, in seconds, or a pause."""
        if not self.has_speech:
            return False
        size, speech = (self._partial.size, self._partial.speech) if self._partial else (0, 0)
        paused = self._silence * CHUNK_SECONDS >= _TAIL
        if speech == self._speech:
            return paused and not self._is_whole(size)
        return paused or len(self.sound) - size >= interval * BYTES_PER_SECOND

    def keep(self, partial: Partial) -> str:
        """Keep what was decoded for now; return the text of the segment so far."""
        self._partial = partial
        return self._joined([*self._texts, partial.decoded.text])

    def snapshot(self) -> tuple[int, int]:
        """Return the size of the sound and the number of chunks of speech, for a `Partial` of them."""
        return len(self.sound), self._speech

    @property
    def decoded(self) -> Decoded | None:
        """What was decoded of all the speech, if none has come since."""
        partial = self._partial
        if partial is None or partial.speech != self._speech:
            return None
        whole = partial.size == len(self.sound) or self._is_whole(partial.size)
        return partial.decoded if whole else None

    def settle(self, size: int, decoded: Decoded) -> None:
        """Take the text of the first `size` bytes of sound for final."""
        del self.sound[:size]
        self._settled += size / BYTES_PER_SECOND
        self._speech_at = [at - size for at in self._speech_at if at >= size]
        self._pauses = [at - size for at in self._pauses if at > size]
        self._partial = None
        if decoded.text:
            self._texts.append(decoded.text)
            self.language = self.language or decoded.language

    def speech_in(self, size: int) -> float:
        """Return the seconds of speech in the first `size` bytes of sound."""
        return sum(at < size for at in self._speech_at) * CHUNK_SECONDS

    def _joined(self, texts: list[str]) -> str:
        return ("" if self.language in _UNSPACED else " ").join(text for text in texts if text)

    @property
    def has_long_text(self) -> bool:
        """Whether what is settled should become final, although its speaker goes on."""
        return self._settled >= _LONGEST_TEXT and not self.committed

    def take_text(self) -> tuple[str, str | None]:
        """Return what is settled and its language, and forget it; sound that is not settled stays."""
        taken = self.text, self.language
        self._texts, self.language, self.reported, self._settled = [], None, "", 0.0
        return taken

    @property
    def _pause(self) -> int | None:
        """Where the first pause is that is far enough from the beginning."""
        return next((at for at in self._pauses if at >= _FIRST_CUT * BYTES_PER_SECOND), None)

    def _is_whole(self, size: int) -> bool:
        """Return whether so much sound holds all speech, and what comes softly after it."""
        end = self._speech_at[-1] + CHUNK if self._speech_at else 0
        return size >= end + _TAIL * BYTES_PER_SECOND
