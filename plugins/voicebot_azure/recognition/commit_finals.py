"""Which words answer which commit, and when the service is silent for too long; no clock and no I/O.

The service finds segments of speech by itself. Our caller pauses where it thinks fit, says so with a commit
and wants exactly one final for it. So segments are kept, shown as partial text, and joined in the final
that answers the next commit. A service that does not know commits is noticed by that it never confirms
one; then the end of a segment, or lasting silence, answers.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal, TypeAlias

from voicebot import (
    FinalTranscript,
    PartialTranscript,
    RecognitionEvent,
    SpeechStarted,
    SpeechStopped,
)

COMMIT_PATIENCE = 0.5
"""Seconds until a service that never confirmed a commit counts as one that does not know them."""
_HELD_PATIENCE = 0.5
_MARGIN = 0.5
_ENOUGH = 0.5
"""Share of the watchdog's time that must have been sound, for silence to be suspicious."""

_MOST_DOUBLINGS, _BELIEVED_AFTER = 2, 2

Trouble: TypeAlias = Literal["silent", "disconnected"]


@dataclass(frozen=True, slots=True)
class _Commit:
    token: int
    """What the service confirms it with; 0 when it was not told."""
    at: float


@dataclass(slots=True)
class _Sound:
    """Sound that went out since the last sign of life: since when, and how many seconds."""

    since: float | None = None
    seconds: float = 0.0

    def add(self, now: float, seconds: float) -> None:
        self.since = now if self.since is None else self.since
        self.seconds += seconds

    def due(self, patience: float) -> float | None:
        """Return when a sign of life is overdue."""
        enough = self.since is not None and self.seconds >= patience * _ENOUGH
        return self.since + patience if enough and self.since is not None else None


class Settlement:
    """Turns what the service says into events, and keeps its commits.

    Args:
        commits: whether the service is told of commits.
        silence: seconds of silence after which the service ends a segment.
        watchdog: seconds without a sign of life where there should be one.
        failures: how many sessions in a row have been given up as silent: this one gets more time, and
            after two of them silence may mean that there is nothing to understand. Counts until the
            service settles something.
    """

    def __init__(self, *, commits: bool, silence: float, watchdog: float, failures: int = 0) -> None:
        self.alive = False
        """Whether the service has said anything at all."""
        self.commits = commits
        self._confirms: bool | None = None if commits else False
        self.failures = failures
        self._silence = silence
        self._watchdog = watchdog
        self._held: list[str] = []
        self._language: str | None = None
        self._open = False
        self._speaking = False
        self._unanswered: deque[_Commit] = deque()
        self._words_may_follow = False
        """Whether the last commit was answered without words, only since it was time to."""
        self._heard_at = 0.0
        self._sound = _Sound()
        self._loud = _Sound()
        self._disconnected_at: float | None = None
        self._finished_at: float | None = None

    def connected(self, now: float) -> None:
        """Take note that there is a connection."""
        self._disconnected_at = None
        self._heard(now)

    def disconnected(self, now: float) -> None:
        """Take note that there is none for the moment."""
        self._disconnected_at = now

    def wrote(self, now: float, seconds: float, *, loud: bool) -> None:
        """Take note of sound that went out."""
        self._sound.add(now, seconds)
        if loud:
            self._loud.add(now, seconds)

    def committed(self, now: float, token: int) -> None:
        """Take note of a commit; `token` is 0 when the service was not told."""
        self._unanswered.append(_Commit(token, now))
        self._words_may_follow = False

    def finished(self, now: float) -> None:
        """Take note that no more sound will come."""
        self._finished_at = now

    def speech(self, now: float) -> list[RecognitionEvent]:
        """Take note that the service hears speech."""
        self._sign_of_life(now)
        self._open = True
        return self._begin_speech()

    def hypothesis(self, now: float, text: str) -> list[RecognitionEvent]:
        """Take what the open segment sounds like so far."""
        self._sign_of_life(now)
        self._open = True
        return [*self._begin_speech(), PartialTranscript(_joined([*self._held, text]))]

    def phrase(self, now: float, text: str, language: str | None, token: int) -> list[RecognitionEvent]:
        """Take the words of a segment that is over; `token` is of the commit that it confirms, or 0."""
        self._sign_of_life(now)
        self.failures = 0
        self._open = False
        if text:
            self._held.append(text)
            self._language = language
        if token:
            self._confirms = True
            if count := self._confirmed(token):
                return [event for _ in range(count) for event in self._answer()]
        elif self._unanswered and self._is_unconfirmed(self._unanswered[0], now):
            return self._answer()
        if text and self._words_may_follow:  # better a late answer than none
            self._words_may_follow = False
            return self._answer()
        events: list[RecognitionEvent] = []
        if text:
            events.append(PartialTranscript(_joined(self._held)))
        if not self._unanswered and self._speaking:
            self._speaking = False
            events.append(SpeechStopped())
        return events

    def ended(self) -> list[RecognitionEvent]:
        """Take note that the service has said everything; answer what is unanswered."""
        events: list[RecognitionEvent] = []
        while self._unanswered or self._held:
            events += self._answer()
        return events

    @property
    def watchdog(self) -> float:
        """Seconds without a sign of life that are too many now."""
        return self._watchdog * (1 << min(self.failures, _MOST_DOUBLINGS))

    @property
    def deadline(self) -> float | None:
        """When to call `tick` and to look for `trouble`."""
        return min((at for at in (self._answer_due(), self._trouble_due()) if at is not None), default=None)

    def tick(self, now: float) -> list[RecognitionEvent]:
        """Let time pass."""
        events: list[RecognitionEvent] = []
        while (due := self._answer_due()) is not None and due <= now:
            if self._confirms is None:
                self._confirms = False
                continue
            self._words_may_follow = not self._held
            events += self._answer()
        return events

    def trouble(self, now: float) -> Trouble | None:
        """Return what is wrong with the connection, if something is."""
        due = self._trouble_due()
        if due is None or now < due:
            return None
        return "silent" if self._disconnected_at is None else "disconnected"

    @property
    def _patient(self) -> bool:
        return self.failures >= _BELIEVED_AFTER

    def _heard(self, now: float) -> None:
        self._heard_at = now
        self._sound = _Sound()
        self._loud = _Sound()

    def _sign_of_life(self, now: float) -> None:
        self.alive = True
        self._heard(now)

    def _begin_speech(self) -> list[RecognitionEvent]:
        if self._speaking:
            return []
        self._speaking = True
        return [SpeechStarted()]

    def _confirmed(self, token: int) -> int:
        """Return how many commits a token confirms: with its own all before it, as they were in order."""
        for count, commit in enumerate(self._unanswered, start=1):
            if commit.token == token:
                return count
        return 0  # it has been answered without

    def _answer(self) -> list[RecognitionEvent]:
        """Answer the first commit with all that is held; a second one finds nothing left."""
        if self._unanswered:
            self._unanswered.popleft()
        final = FinalTranscript(_joined(self._held), self._language)
        self._held, self._language = [], None
        self._speaking = False
        return [final]

    def _is_unconfirmed(self, commit: _Commit, now: float) -> bool:
        return self._confirms is False or (self._confirms is None and now >= commit.at + COMMIT_PATIENCE)

    def _answer_due(self) -> float | None:
        """Return when the first commit is to be answered although it was not confirmed."""
        if not self._unanswered or self._confirms:
            return None
        commit = self._unanswered[0]
        if self._confirms is None:
            return commit.at + COMMIT_PATIENCE
        if self._open or not (self.alive or self._patient):
            return None
        quiet = _HELD_PATIENCE if self._held else self._silence + _MARGIN
        return max(commit.at, self._heard_at if self._held else 0.0) + quiet

    def _trouble_due(self) -> float | None:
        """Return when there is trouble if nothing happens until then."""
        if self._disconnected_at is not None:
            return self._disconnected_at + self.watchdog
        overdue: list[float | None] = []
        if self._unanswered and not (self._patient and not self.alive and not self._confirms):
            overdue.append(max(self._unanswered[0].at, self._heard_at) + self.watchdog)
        if self._finished_at is not None:
            overdue.append(max(self._finished_at, self._heard_at) + self.watchdog)
        if self._open:
            overdue.append(self._sound.due(self.watchdog))
        elif not self._patient:
            overdue.append(self._loud.due(self.watchdog))
        return min((at for at in overdue if at is not None), default=None)


def _joined(texts: list[str]) -> str:
    return " ".join(texts)
