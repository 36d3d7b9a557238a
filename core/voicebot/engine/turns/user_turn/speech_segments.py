"""The segments of speech that the user's turns are made of, and which of them the recogniser is telling.

A segment is identified by its place: each commit ends one, and a recogniser answers its commits in order,
each by one final. So a final belongs to the first segment that is owed one, however late it comes and
whether the segment has been answered meanwhile. Likeness of words is looked at only where that cannot be:
where a recogniser has left a final out, or has given one twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from voicebot.engine.text.words import alike, joined, same_words, words

_LATEST, _LATEST_PARTIAL = 10.0, 2.0
"""Seconds after a commit in which its final, and its partials, are expected though later speech has begun."""
_REPEATED = 5.0
"""Seconds in which the same final again may be of the same speech, though another one is awaited."""
_MOST_OWED = 50
"""Segments that are remembered for a final that has not come."""
DROPPED = 0
"""The turn of words that want no answer."""


@dataclass(slots=True, eq=False)
class SpeechSegment:
    """Speech between two pauses, or a typed line.

    What is in `finals` stays as it is, `partial` may change. `spoken` says whether anything was heard.
    `told` is what the recogniser's session has told since the last final; where a new session tells it once
    more, `retold` is set. `turn` is the number of the turn that it was answered in.
    """

    finals: list[str] = field(default_factory=list)
    partial: str = ""
    spoken: bool = False
    told: str = ""
    retold: bool = False
    asked_at: float | None = None
    given_up: bool = False
    over: bool = False
    turn: int | None = None

    @property
    def text(self) -> str:
        return joined(*self.finals, self.partial)

    @property
    def is_owed(self) -> bool:
        """Whether its final was asked for and has not come."""
        return self.asked_at is not None and not self.over


class SpeechSegments:
    """Those of the turn that is under way, of the one before, and of earlier ones that are owed a final.

    Args:
        live: False where seconds say nothing about a recogniser, as those of a recording do not.
    """

    def __init__(self, *, live: bool = True) -> None:
        self._latest = _LATEST if live else float("inf")
        self._latest_partial = _LATEST_PARTIAL if live else float("inf")
        self._segments: list[SpeechSegment] = []
        self._turn = 0
        self._last: SpeechSegment | None = None
        self._last_at = 0.0
        self._settled_at = -1.0
        self._last_passed = 0
        self.tells_partials = False
        """Whether the recogniser tells words before they are settled, as it did those of the last final."""
        self._answers = False
        """Whether it answers commits."""

    @property
    def text(self) -> str:
        """The words of the turn so far."""
        return joined(*(segment.text for segment in self._pending))

    @property
    def owed(self) -> list[float]:
        """When each of the turn's finals was asked for that is waited for."""
        return [s.asked_at for s in self._pending if not (s.asked_at is None or s.over or s.given_up)]

    @property
    def awaits_final(self) -> bool:
        """Whether any of the turn's finals is waited for."""
        return any(s.is_owed and s.turn is None and not s.given_up for s in self._segments)

    @property
    def is_open(self) -> bool:
        """Whether there is a segment whose final was not asked for yet."""
        last = self._segments[-1] if self._segments else None
        return last is not None and last.asked_at is None and not last.over and last.turn is None

    @property
    def commits(self) -> int:
        """How many commits are owed a final, in whatever turn."""
        return sum(segment.is_owed for segment in self._segments)

    def open(self) -> SpeechSegment:
        """Return the segment that is being spoken, a new one if the last is at its end."""
        if not self.is_open:
            self._segments.append(SpeechSegment())
        return self._segments[-1]

    def commit(self, now: float) -> None:
        """Take note that a final was asked for."""
        self.open().asked_at = now
        for segment in [segment for segment in self._segments if segment.is_owed][:-_MOST_OWED]:
            segment.over = True

    def add(self, text: str, *, first: bool = False) -> None:
        """Take words into the turn that need not be recognised."""
        self._segments.insert(0 if first else len(self._segments), SpeechSegment([text], over=True))

    def of_partial(self, now: float, partial: str, *, silent: bool) -> SpeechSegment | None:
        """Return the segment that a partial transcript is of, None for what was settled already.

        Args:
            silent: whether the user has not spoken since the last final.
        """
        unsettled = self._unsettled
        if silent and not unsettled and self._last is not None and _extends(partial, self._last.text):
            return None
        for segment, *later in (unsettled[at:] for at in range(len(unsettled))):
            if not later or not self._is_past(now, segment, partial, later):
                return segment
        return self.open()

    def recognise(self, now: float, segment: SpeechSegment, partial: str) -> None:
        """Take the words of a partial transcript; those of a segment that was answered stay as they are."""
        self.tells_partials = segment.spoken = True
        segment.told = partial
        if segment.turn is None:
            segment.partial = partial
            if segment.given_up:  # it comes late, but it comes
                segment.given_up, segment.asked_at = False, now

    def of_final(
        self, now: float, final: str, *, asked: bool, silent: bool, can_be_new: bool
    ) -> SpeechSegment | None:
        """Return the segment that a final transcript is of, None for what was settled already.

        Args:
            asked: whether it can answer a commit, as no final can that comes before the commit is made.
            silent: whether the user has not spoken since the last final.
            can_be_new: whether the same words can have been said again since then.
        """
        if asked and any(segment.is_owed for segment in self._segments):
            self._answers = True
            return self._answered(now, final)
        unsettled = self._unsettled
        told = next((segment for segment in unsettled if segment.told), None)
        if told is not None:
            return told
        if self._last is not None:
            if not can_be_new and same_words(self._last.finals[-1], final):
                return None
            if silent and self._last_passed <= 1 and alike(self._last.finals[-1], final):
                return self._last
        if unsettled:
            return unsettled[0]
        if not final:
            return None
        return self.open()  # better a late answer than none

    def settle(self, now: float, segment: SpeechSegment, final: str, *, asked: bool, ends: bool) -> None:
        """Take the words of a final transcript.

        Args:
            asked: as in `of_final`.
            ends: whether it ends its segment even if it answers no commit.
        """
        if segment is self._last and segment.over:  # once more, in other words
            segment.finals.pop()
        elif final and not segment.told:
            self.tells_partials = False
        segment.finals.append(final or ("" if segment.turn is None else segment.partial))
        segment.partial = segment.told = ""
        segment.over = segment.over or (ends if segment.asked_at is None else asked)
        self._settled_at = now
        if final:
            self._last, self._last_at = segment, now

    def pass_commits(self, count: int) -> None:
        """Take note that so many commits are within the speech of a final: they need no other."""
        self._last_passed = count
        for segment in [segment for segment in self._segments if segment.is_owed][:count]:
            segment.over = True

    def reopened(self, now: float) -> None:
        """Take note that the recogniser begins anew, with all that it had not settled."""
        for segment in self._unsettled:
            segment.told, segment.retold = "", True
            if segment.asked_at is not None:
                segment.asked_at = now
                segment.given_up = segment.turn is not None

    def give_up(self) -> None:
        """Wait for the turn's finals no longer; should they come, they are known."""
        for segment in self._pending:
            segment.given_up = segment.given_up or segment.is_owed

    def answered(self) -> int:
        """Take note that the words so far have been answered; return the number of their turn."""
        self._turn += 1
        for segment in self._pending:
            if segment.text:
                segment.turn, segment.given_up = self._turn, True
        unsettled = {segment.turn for segment in self._unsettled}
        self._segments = [s for s in self._segments if s.turn in (None, self._turn) or s.turn in unsettled]
        return self._turn

    def rejoin(self, turn: int) -> None:
        """Take the words of a turn whose answer nobody heard into the one that is under way."""
        for segment in self._segments:
            if segment.turn == turn:
                segment.turn = None

    def words_of(self, turn: int) -> str:
        """Return the words of a turn that has been answered."""
        return joined(*(segment.text for segment in self._segments if segment.turn == turn))

    def forget_empty(self) -> None:
        """Forget segments that turned out to be without words."""
        self._segments = [s for s in self._segments if s.text or not s.over]

    def forget_settled(self) -> None:
        """Forget those segments of the turn whose words are known."""
        self._segments = [s for s in self._segments if s.turn is not None or not s.over]

    def drop(self) -> None:
        """Forget the words of the turn: they want no answer."""
        for segment in self._pending:
            segment.turn = DROPPED
        self._segments = [s for s in self._segments if s.turn != DROPPED or s.is_owed]

    @property
    def _pending(self) -> list[SpeechSegment]:
        return [segment for segment in self._segments if segment.turn is None]

    @property
    def _unsettled(self) -> list[SpeechSegment]:
        return [segment for segment in self._segments if not segment.over]

    def _is_past(self, now: float, segment: SpeechSegment, partial: str, later: list[SpeechSegment]) -> bool:
        """Whether a partial that comes when later speech has begun is not of this segment any more."""
        if segment.asked_at is None:
            return False
        is_late = now - segment.asked_at > self._latest_partial
        if segment.retold:
            if not segment.text:
                return any(s.retold and s.text and _related(s.text, partial) for s in later)
            return is_late and not _related(segment.text, partial)
        if not segment.told:
            is_behind = self._answers and self._settled_at > segment.asked_at  # it tells one after the other
            return segment.given_up and not is_behind
        if not _related(segment.told, partial):
            return True
        return segment.given_up and (is_late or _extends(partial, segment.told))  # words are not unsaid

    def _answered(self, now: float, final: str) -> SpeechSegment | None:
        """Return the segment that the answer to a commit is of: the first, unless its answer is missing."""
        unsettled = self._unsettled
        owed = (segment for segment in unsettled if segment.is_owed)
        if self._is_repeated(now, final) and not any(_may_be(segment, final) for segment in owed):
            return None
        for segment, *later in (unsettled[at:] for at in range(len(unsettled))):
            if not later or segment.asked_at is None:
                return segment
            is_late = segment.given_up and now - segment.asked_at > self._latest
            is_other = any(alike(s.text, final) for s in later)
            if not (is_late or (is_other and not (segment.text and _related(segment.text, final)))):
                return segment
            segment.over = True
        raise AssertionError("some segment is owed a final")

    def _is_repeated(self, now: float, final: str) -> bool:
        last = self._last
        return last is not None and now - self._last_at < _REPEATED and same_words(last.finals[-1], final)


def _may_be(segment: SpeechSegment, final: str) -> bool:
    """Return whether a segment can have been the words of a final."""
    return _related(segment.text, final) if segment.told else segment.spoken


def _related(one: str, other: str) -> bool:
    """Return whether two transcripts may be of the same speech, heard to different ends."""
    one_words, other_words = words(one), words(other)
    both = min(len(one_words), len(other_words))
    return alike(one, other) or alike(" ".join(one_words[:both]), " ".join(other_words[:both]))


def _extends(begun: str, text: str) -> bool:
    """Return whether a text begins with the words of another."""
    begun_words = words(begun)
    return words(text)[: len(begun_words)] == begun_words
