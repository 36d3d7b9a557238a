"""Which segment of speech each transcript belongs to.

A segment is identified by its place: each commit ends one, and a recogniser answers its commits in order,
with one final each. So a final belongs to the first segment that still awaits one, however late it comes and
even if the segment has been answered. Only where that cannot be (the recogniser left a final out, or gave one
twice) are words compared.
"""

from __future__ import annotations

from voicebot.engine.text.words import alike, same_words, words
from voicebot.engine.turns.final import Final
from voicebot.engine.turns.user_turn.speech_segments import SpeechSegment, SpeechSegments
from voicebot.engine.turns.user_turn.user_speech import UserSpeech

_LATEST_FINAL, _LATEST_PARTIAL = 10.0, 2.0
"""Seconds after a commit in which its final, and its partials, may come although later speech has begun."""
_REPEATED_FINAL = 5.0
"""Seconds in which the same final again may be of the same speech, although another one is awaited."""
_WORD = 0.15
"""Seconds that the fastest speaker needs for a word."""


class Transcripts:
    """Matches transcripts with segments; times are seconds on the conversation's clock.

    Args:
        live: False for a recording, whose clock says nothing about how late a recogniser is.
    """

    def __init__(self, segments: SpeechSegments, speech: UserSpeech, *, live: bool) -> None:
        self._segments = segments
        self._speech = speech
        self._latest_final = _LATEST_FINAL if live else float("inf")
        self._latest_partial = _LATEST_PARTIAL if live else float("inf")
        self._last: SpeechSegment | None = None
        """The segment of the last final with words."""
        self._last_at = 0.0
        self._final_at = -1.0
        self._passed_commits = 0
        self.has_partials = False
        """Whether the recogniser gives partial transcripts, as it did before the last final."""
        self._answers_commits = False

    def match_partial(self, now: float, partial: str) -> SpeechSegment | None:
        """Return the segment of a partial transcript; None if a final with its words has come already."""
        incomplete = self._segments.incomplete
        silent = self._speech.has_detector and self._is_silent_since_final
        if silent and not incomplete and self._last is not None and _extends(partial, self._last.text):
            return None
        for segment, *later in (incomplete[at:] for at in range(len(incomplete))):
            if not later or not self._is_past(now, segment, partial, later):
                return segment
        return self._segments.open()

    def add_partial(self, now: float, segment: SpeechSegment, partial: str) -> None:
        """Put a partial transcript into its segment; the words of an answered one stay as they are."""
        self.has_partials = segment.has_speech = True
        segment.session_partial = partial
        if segment.turn is None:
            segment.partial = partial
            if segment.is_given_up and segment.committed_at is not None:  # it is late, but not lost
                segment.is_given_up, segment.committed_at = False, now

    def match_final(self, now: float, final: Final) -> SpeechSegment | None:
        """Return the segment of a final transcript; None if it repeats one that has come already."""
        text = final.text
        if final.answers_commit and self._segments.unanswered_commits:
            self._answers_commits = True
            return self._match_answer(now, text)
        incomplete = self._segments.incomplete
        recognized = next((segment for segment in incomplete if segment.session_partial), None)
        if recognized is not None:
            return recognized
        if self._last is not None:
            if not self._can_be_new(now, text) and same_words(self._last.finals[-1], text):
                return None
            corrects = self._is_silent_since_final and self._passed_commits <= 1
            if corrects and alike(self._last.finals[-1], text):
                return self._last
        if incomplete:
            return incomplete[0]
        if not text:
            return None
        return self._segments.open()  # a late answer is better than none

    def add_final(self, now: float, segment: SpeechSegment, final: Final, *, completes: bool) -> None:
        """Put a final transcript into its segment, and complete those whose speech it includes.

        Args:
            completes: whether it completes a segment that has not been committed.
        """
        text = final.text
        if segment is self._last and segment.is_complete:  # the same speech, in other words
            segment.finals.pop()
            segment.languages.pop()
        elif text and not segment.session_partial:
            self.has_partials = False
        segment.finals.append(text or ("" if segment.turn is None else segment.partial))
        segment.languages.append(final.language)
        segment.partial = segment.session_partial = ""
        completes = completes if segment.committed_at is None else final.answers_commit
        segment.is_complete = segment.is_complete or completes
        self._final_at = now
        if text:
            self._last, self._last_at = segment, now
        self._passed_commits = final.passed_commits
        self._segments.complete_first(final.passed_commits)

    @property
    def _is_silent_since_final(self) -> bool:
        return self._speech.is_silent_since_final(has_partials=self.has_partials)

    def _can_be_new(self, now: float, text: str) -> bool:
        """Return whether words can have been said since the last final."""
        seconds = _WORD * len(words(text))
        return self._speech.can_have_said(now, seconds, has_partials=self.has_partials)

    def _is_past(self, now: float, segment: SpeechSegment, partial: str, later: list[SpeechSegment]) -> bool:
        """Return whether a partial that comes when later speech has begun is not of this segment any more."""
        if segment.committed_at is None:
            return False
        is_late = now - segment.committed_at > self._latest_partial
        if segment.is_recognized_again:
            if not segment.text:
                return any(s.is_recognized_again and s.text and _related(s.text, partial) for s in later)
            return is_late and not _related(segment.text, partial)
        if not segment.session_partial:
            is_behind = self._answers_commits and self._final_at > segment.committed_at  # its turn has come
            return segment.is_given_up and not is_behind
        if not _related(segment.session_partial, partial):
            return True
        # a recogniser seldom takes words back
        return segment.is_given_up and (is_late or _extends(partial, segment.session_partial))

    def _match_answer(self, now: float, final: str) -> SpeechSegment | None:
        """Return the segment of a final that answers a commit: the first, unless its final was left out."""
        incomplete = self._segments.incomplete
        awaiting = (segment for segment in incomplete if segment.awaits_final)
        if self._is_repeated(now, final) and not any(_may_be(segment, final) for segment in awaiting):
            return None
        for segment, *later in (incomplete[at:] for at in range(len(incomplete))):
            if not later or segment.committed_at is None:
                return segment
            is_late = segment.is_given_up and now - segment.committed_at > self._latest_final
            is_other = any(alike(s.text, final) for s in later)
            if not (is_late or (is_other and not (segment.text and _related(segment.text, final)))):
                return segment
            segment.is_complete = True
        raise AssertionError("no segment awaits a final")

    def _is_repeated(self, now: float, final: str) -> bool:
        last = self._last
        return (
            last is not None and now - self._last_at < _REPEATED_FINAL and same_words(last.finals[-1], final)
        )


def _may_be(segment: SpeechSegment, final: str) -> bool:
    """Return whether a final can be of a segment."""
    return _related(segment.text, final) if segment.session_partial else segment.has_speech


def _related(one: str, other: str) -> bool:
    """Return whether two transcripts may be of the same speech, one of them cut off earlier."""
    one_words, other_words = words(one), words(other)
    shorter = min(len(one_words), len(other_words))
    return alike(one, other) or alike(" ".join(one_words[:shorter]), " ".join(other_words[:shorter]))


def _extends(beginning: str, text: str) -> bool:
    """Return whether a text begins with the words of another."""
    beginning_words = words(beginning)
    return words(text)[: len(beginning_words)] == beginning_words
