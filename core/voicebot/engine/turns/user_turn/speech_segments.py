"""The segments that the user's turns are made of: each ends with a commit and gets one final transcript."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from voicebot.engine.text.words import joined

_MOST_UNANSWERED = 50
"""Committed segments that are kept although their final has not come."""
_DROPPED = 0
"""The turn number of words that need no answer."""


@dataclass(slots=True, eq=False)
class SpeechSegment:
    """Speech between two pauses, or a typed line.

    Args:
        finals: final transcripts; they stay as they are.
        languages: what the recogniser reports as the language of each, if it does.
        partial: words after those; they may still change.
        session_partial: the last partial transcript of the current recognition session, empty after a final.
        has_speech: whether speech was heard in it.
        began_over_bot: whether any of that began before the bot had finished.
        committed_at: when its final was asked for.
        is_complete: whether that final has come, or none is expected.
        is_given_up: whether its final is not waited for any more, although it may come.
        is_recognized_again: whether a new recognition session hears it once more.
        is_discarded: whether its words count as not said.
        turn: number of the turn in which it was answered.
    """

    finals: list[str] = field(default_factory=list)
    languages: list[str | None] = field(default_factory=list)
    partial: str = ""
    session_partial: str = ""
    has_speech: bool = False
    began_over_bot: bool = False
    committed_at: float | None = None
    is_complete: bool = False
    is_given_up: bool = False
    is_recognized_again: bool = False
    is_discarded: bool = False
    turn: int | None = None

    @property
    def text(self) -> str:
        return "" if self.is_discarded else joined(*self.finals, self.partial)

    @property
    def is_dropped(self) -> bool:
        """Whether its words need no answer."""
        return self.turn == _DROPPED

    @property
    def awaits_final(self) -> bool:
        """Whether it was committed and its final has not come."""
        return self.committed_at is not None and not self.is_complete


class SpeechSegments:
    """The segments of the current turn, of the one before, and of earlier ones whose final has not come."""

    def __init__(self) -> None:
        self._segments: list[SpeechSegment] = []
        self._turn = 0

    @property
    def text(self) -> str:
        """The words of the turn so far."""
        return joined(*(segment.text for segment in self._current))

    @property
    def text_after_bot(self) -> str:
        """The words of the turn so far without those of speech that began before the bot had finished."""
        return joined(*(segment.text for segment in self._current if not segment.began_over_bot))

    @property
    def last_turn(self) -> int:
        """The number of the last turn that was answered, 0 before the first."""
        return self._turn

    @property
    def commit_times(self) -> list[float]:
        """Commit times of the turn's segments that still await a final."""
        return [
            segment.committed_at
            for segment in self._current
            if not (segment.committed_at is None or segment.is_complete or segment.is_given_up)
        ]

    @property
    def awaits_final(self) -> bool:
        """Whether a final of the turn is waited for."""
        return any(s.awaits_final and s.turn is None and not s.is_given_up for s in self._segments)

    @property
    def has_open(self) -> bool:
        """Whether the last segment has not been committed yet."""
        last = self._segments[-1] if self._segments else None
        return last is not None and last.committed_at is None and not last.is_complete and last.turn is None

    @property
    def unanswered_commits(self) -> int:
        """How many commits have not got their final, in any turn."""
        return sum(segment.awaits_final for segment in self._segments)

    @property
    def incomplete(self) -> list[SpeechSegment]:
        """The segments of any turn that may still get transcripts, the earliest first."""
        return [segment for segment in self._segments if not segment.is_complete]

    def open(self) -> SpeechSegment:
        """Return the segment that is being spoken; begin one if the last has been committed."""
        if not self.has_open:
            self._segments.append(SpeechSegment())
        return self._segments[-1]

    def open_speech(self, *, over_bot: bool) -> None:
        """Record speech in the open segment, and whether it began before the bot had finished."""
        segment = self.open()
        segment.has_speech = True
        segment.began_over_bot = segment.began_over_bot or over_bot

    def commit(self, now: float) -> None:
        """Record that the final of the open segment was asked for."""
        self.open().committed_at = now
        for segment in [segment for segment in self._segments if segment.awaits_final][:-_MOST_UNANSWERED]:
            segment.is_complete = True

    def complete_first(self, count: int) -> None:
        """Complete that many committed segments: they will get no final of their own."""
        for segment in [segment for segment in self._segments if segment.awaits_final][:count]:
            segment.is_complete = True

    def add(self, text: str) -> None:
        """Add words to the turn that need no recognition."""
        self._segments.append(SpeechSegment([text], [None], is_complete=True))

    def add_backchannel(self, text: str) -> None:
        """Begin the turn with what was said over the bot."""
        self._segments.insert(0, SpeechSegment([text], [None], began_over_bot=True, is_complete=True))

    def reopened(self, now: float) -> None:
        """Record that a new recognition session hears all incomplete segments again."""
        for segment in self.incomplete:
            segment.session_partial, segment.is_recognized_again = "", True
            if segment.committed_at is not None:
                segment.committed_at = now
                segment.is_given_up = segment.turn is not None

    def give_up_finals(self) -> None:
        """Stop waiting for the turn's finals; if they come all the same, they are still matched."""
        for segment in self._current:
            segment.is_given_up = segment.is_given_up or segment.awaits_final

    def end_turn(self) -> int:
        """Mark the words of the turn as answered; return its number."""
        self._turn += 1
        for segment in self._current:
            if segment.text:
                segment.turn, segment.is_given_up = self._turn, True
        incomplete = {segment.turn for segment in self.incomplete}
        self._segments = [s for s in self._segments if s.turn in (None, self._turn) or s.turn in incomplete]
        return self._turn

    def rejoin(self, turn: int) -> None:
        """Move the words of an answered turn back into the current one: its answer was not heard."""
        for segment in self._segments:
            if segment.turn == turn:
                segment.turn = None

    def readmit(self, segment: SpeechSegment) -> None:
        """Move a segment that was dropped back into the current turn."""
        segment.turn = None

    def words_of(self, turn: int) -> str:
        """Return the words of a turn that was answered."""
        return joined(*(segment.text for segment in self._segments if segment.turn == turn))

    def finals_of(self, turn: int | None) -> Iterator[tuple[str, str | None]]:
        """Yield the final transcripts of a turn that was answered, or of the current one, with languages."""
        for segment in self._segments:
            if segment.turn == turn:
                yield from zip(segment.finals, segment.languages, strict=True)

    def remove_empty(self) -> None:
        """Remove complete segments without words."""
        self._segments = [s for s in self._segments if s.text or not s.is_complete]

    def remove_complete(self) -> None:
        """Remove the complete segments of the current turn."""
        self._segments = [s for s in self._segments if s.turn is not None or not s.is_complete]

    def discard(self) -> None:
        """Discard the words of the current turn: they count as not said."""
        for segment in self._current:
            segment.is_discarded = segment.is_given_up = True

    def discard_open(self) -> None:
        """Discard what is being said."""
        if self.has_open:
            segment = self._segments[-1]
            segment.is_discarded = segment.is_given_up = True

    def drop(self) -> None:
        """Drop the words of the current turn: they need no answer."""
        for segment in self._current:
            segment.turn = _DROPPED
        self._segments = [s for s in self._segments if not s.is_dropped or s.awaits_final]

    @property
    def _current(self) -> list[SpeechSegment]:
        return [segment for segment in self._segments if segment.turn is None]
