"""Which recognised segments answer which commit; no clock and no I/O.

The service finds segments of speech by itself. The engine commits whenever it decides that the user has
paused, and expects exactly one final per commit. So segments are collected, shown as partial transcripts, and
joined into the final that answers the next commit. A service that does not support commits is recognised by
never confirming one; then the end of a segment, or a long enough silence, counts as the answer.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from voicebot import FinalTranscript, PartialTranscript, RecognitionEvent, SpeechStarted, SpeechStopped
from voicebot_azure.recognition.watchdog import Problem, Watchdog

CONFIRMATION_TIMEOUT = 0.5
"""Seconds after which a service that has never confirmed a commit counts as one that cannot."""
_AFTER_SEGMENT = 0.5
"""Seconds to wait for more words after a segment, before it answers a commit that is not confirmed."""
_SILENCE_MARGIN = 0.5
"""Seconds to add to the service's own silence before a commit is answered without words."""


@dataclass(frozen=True, slots=True)
class _Commit:
    token: int
    """The number that confirms it; 0 if it was not sent to the service."""
    at: float
    is_overtaken: bool = False
    """Whether its confirmation may come before the sound that it is about, which is sent again."""


class CommitFinals:
    """Turns the messages of the service into recognition events, and answers every commit with one final.

    Args:
        sends_commits: whether commits are sent to the service.
        silence: seconds of silence after which the service ends a segment.
        watchdog: receives every message, and knows whether silence can be trusted.
    """

    def __init__(self, *, sends_commits: bool, silence: float, watchdog: Watchdog) -> None:
        self.sends_commits = sends_commits
        self.watchdog = watchdog
        self._confirms: bool | None = None if sends_commits else False
        """Whether the service confirms commits, None while that is unknown."""
        self._silence = silence
        self._segments: list[str] = []
        self._language: str | None = None
        self._segment_open = False
        self._speech_started = False
        self._pending: deque[_Commit] = deque()
        self._repeated = 0
        """The token of the commit that was sent again for all that are pending; 0 if there is none."""
        self._answered_without_words = False
        """Whether the last commit ran out of time and was answered without words, which may still come."""

    def committed(self, now: float, token: int) -> None:
        """Record a commit; `token` is 0 if it was not sent to the service."""
        self._pending.append(_Commit(token, now))
        self._answered_without_words = False

    def reconnected(self, token: int) -> None:
        """Record that a new connection gets the sound again, and `token`, a commit after it; 0 for none.

        Commits that were on their way may arrive there before the sound. What they confirm then is nothing.
        """
        self._pending = deque(replace(commit, is_overtaken=True) for commit in self._pending)
        self._repeated = token

    def speech_detected(self, now: float) -> list[RecognitionEvent]:
        """Handle the message that speech has started."""
        self.watchdog.message(now)
        self._segment_open = True
        return self._start_speech()

    def hypothesis(self, now: float, text: str) -> list[RecognitionEvent]:
        """Handle the words of the open segment so far."""
        self.watchdog.message(now)
        self._segment_open = True
        return [*self._start_speech(), PartialTranscript(_joined([*self._segments, text]))]

    def phrase(self, now: float, text: str, language: str | None, token: int) -> list[RecognitionEvent]:
        """Handle the words of a complete segment; `token` names the commit that it confirms, 0 for none."""
        self.watchdog.message(now)
        self.watchdog.silent_sessions = 0
        self._segment_open = False
        if text:
            self._segments.append(text)
            self._language = language
        if token:
            self._confirms = True
            return self._confirmed(token, text)
        if self._pending and self._will_not_be_confirmed(self._pending[0], now):
            return [self._answer()]
        if text and self._pending and self._pending[0].is_overtaken:
            return [self._answer()]
        return self._not_confirmed(text)

    def ended(self) -> list[RecognitionEvent]:
        """Handle the end of the session: answer every pending commit, and return the words that are left."""
        events: list[RecognitionEvent] = []
        while self._pending or self._segments:
            events.append(self._answer())
        return events

    @property
    def deadline(self) -> float | None:
        """When to call `tick` and `problem`, None if time alone changes nothing."""
        problem_due = self.watchdog.due(
            segment_open=self._segment_open, commit_pending_since=self._pending_since
        )
        return min((at for at in (self._answer_due(), problem_due) if at is not None), default=None)

    def tick(self, now: float) -> list[RecognitionEvent]:
        """Answer the commits that have waited long enough."""
        events: list[RecognitionEvent] = []
        while (due := self._answer_due()) is not None and due <= now:
            if self._confirms is None:
                self._confirms = False
                continue
            self._answered_without_words = not self._segments
            events.append(self._answer())
        return events

    def problem(self, now: float) -> Problem | None:
        """Return what is wrong with the connection, None if nothing is."""
        return self.watchdog.problem(
            now, segment_open=self._segment_open, commit_pending_since=self._pending_since
        )

    @property
    def _pending_since(self) -> float | None:
        """When the oldest commit was made that the service should answer by now, None if there is none."""
        watchdog = self.watchdog
        if watchdog.accepts_silence and not watchdog.any_message and not self._confirms:
            return None
        return self._pending[0].at if self._pending else None

    def _start_speech(self) -> list[RecognitionEvent]:
        if self._speech_started:
            return []
        self._speech_started = True
        return [SpeechStarted()]

    def _confirmed(self, token: int, text: str) -> list[RecognitionEvent]:
        """Answer the commits that a token confirms; `text` are the words that came with it."""
        if token == self._repeated:
            self._repeated = 0
            count = max(len(self._pending), 1 if self._segments else 0)
        else:
            count = self._count_confirmed(token)
            if count and self._pending[0].is_overtaken and not self._segments:
                return []
        return [self._answer() for _ in range(count)] if count else self._not_confirmed(text)

    def _not_confirmed(self, text: str) -> list[RecognitionEvent]:
        """Handle the words of a segment that ends at no commit."""
        if text and self._answered_without_words:  # a late answer is better than none
            self._answered_without_words = False
            return [self._answer()]
        events: list[RecognitionEvent] = []
        if text:
            events.append(PartialTranscript(_joined(self._segments)))
        if not self._pending and self._speech_started:
            self._speech_started = False
            events.append(SpeechStopped())
        return events

    def _count_confirmed(self, token: int) -> int:
        """Return how many commits a token confirms: its own and all before it, since they are in order."""
        for count, commit in enumerate(self._pending, start=1):
            if commit.token == token:
                return count
        return 0  # it was answered before it was confirmed

    def _answer(self) -> FinalTranscript:
        """Answer the oldest commit with all the segments; nothing is left for the next one."""
        if self._pending:
            self._pending.popleft()
        final = FinalTranscript(_joined(self._segments), self._language)
        self._segments, self._language = [], None
        self._speech_started = False
        return final

    def _will_not_be_confirmed(self, commit: _Commit, now: float) -> bool:
        return self._confirms is False or (self._confirms is None and now >= commit.at + CONFIRMATION_TIMEOUT)

    def _answer_due(self) -> float | None:
        """Return when to answer the oldest commit without a confirmation, None for never."""
        if not self._pending or self._confirms:
            return None
        commit = self._pending[0]
        if self._confirms is None:
            return commit.at + CONFIRMATION_TIMEOUT
        if self._segment_open or not (self.watchdog.any_message or self.watchdog.accepts_silence):
            return None
        if self._segments:
            return max(commit.at, self.watchdog.last_message_at) + _AFTER_SEGMENT
        return commit.at + self._silence + _SILENCE_MARGIN


def _joined(texts: list[str]) -> str:
    return " ".join(texts)
