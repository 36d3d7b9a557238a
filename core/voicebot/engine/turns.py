"""Whose turn it is, as a state machine without I/O: what happened, and when, goes in; what to do comes out.

Times are seconds on any one clock. After each call, `deadline` is when `tick` wants to be called next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Commit:
    """Ask the recogniser to settle what it has heard."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The user's turn is over: reply to `text`."""

    text: str


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Fall silent and stop replying, at once.

    `unheard` is true when nothing of the reply was audible: its question joins the turn that begins.
    """

    unheard: bool


Action: TypeAlias = Commit | Answer | Interrupt


class Turns:
    """Decides when the user has finished, and when the bot has to.

    Speech start and stop come from a voice activity detector or the recogniser. Where neither reports
    them, words stand for speech and a final transcript for its end.

    Args:
        patience: seconds of silence after which the user has finished.
        final_timeout: seconds after `Commit` until the partial transcript is answered instead.
        interruptible: whether speech stops a reply; if not, it is answered after it.
    """

    def __init__(self, patience: float, final_timeout: float, *, interruptible: bool = True) -> None:
        self.deadline: float | None = None
        self._patience = patience
        self._final_timeout = final_timeout
        self._interruptible = interruptible
        self._speaking = False
        self._speech_is_reported = False
        self._silent_since = 0.0
        self._committed_at = 0.0
        self._owed = 0
        self._stale = 0
        self._finals: list[str] = []
        self._partial = ""
        self._replying = False
        self._reply_heard = False
        self._answered = ""

    @property
    def transcript(self) -> str:
        """The words of the user's turn so far."""
        return " ".join(part for part in (*self._finals, self._partial) if part)

    @property
    def awaits_final(self) -> bool:
        """Whether the recogniser still owes the final transcript of a `Commit`."""
        return self._owed > 0

    @property
    def busy(self) -> bool:
        """Whether the bot is at work: replying, or waiting for the words that it will reply to."""
        return self._replying or self._owed > 0

    @property
    def idle(self) -> bool:
        """Whether nothing is going on and nothing is left to answer."""
        return not (self._speaking or self.busy or self.transcript)

    def speech_started(self, now: float) -> list[Action]:
        """Take note that the user began to speak, at the start or again after a pause."""
        self._speech_is_reported = True
        return self._begin_speech(now)

    def speech_stopped(self, now: float, silent_since: float) -> list[Action]:
        """Take note that the user fell silent at `silent_since`, perhaps only to think."""
        if not self._speaking:
            return []
        self._speaking = False
        self._silent_since = silent_since
        self._committed_at = now
        self._owed += 1
        return [Commit(), *self._decide(now)]

    def partial(self, now: float, text: str) -> list[Action]:
        """Take the words of the stretch of speech that is being recognised."""
        if self._stale:
            return []
        actions = self._begin_speech(now) if self._words_start_speech(text) else []
        self._partial = text
        return actions + self._decide(now)

    def final(self, now: float, text: str, *, ends_speech: bool = False) -> list[Action]:
        """Take the settled words of a stretch of speech.

        Args:
            ends_speech: the recogniser alone decides where speech ends, and this says that it did.
        """
        if self._stale:
            self._stale -= 1
            return []
        actions = self._begin_speech(now) if self._words_start_speech(text) else []
        self._owed = max(0, self._owed - 1)
        self._partial = ""
        if text:
            self._finals.append(text)
        if ends_speech and self._speaking:
            self._speaking = False
            self._silent_since = now
        return actions + self._decide(now)

    def typed(self, now: float, text: str) -> list[Action]:
        """Take a typed line: a whole turn, which interrupts whatever the bot is doing."""
        actions = self._interrupt()
        self._finals.append(text)
        return [*actions, self._answer()]

    def bot_begins(self) -> None:
        """Take note that the bot speaks unasked: a greeting."""
        self._answered = ""
        self._replying = True
        self._reply_heard = False

    def reply_heard(self) -> None:
        """Take note that the reply became audible: from now on, interrupting it leaves its traces."""
        self._reply_heard = True

    def reply_ended(self, now: float) -> list[Action]:
        """Take note that the bot has finished its turn."""
        self._replying = False
        return self._decide(now)

    def input_ended(self, now: float) -> list[Action]:
        """Take note that nothing more will be heard: whatever was said is answered without patience."""
        self._patience = 0.0
        stopped = self.speech_stopped(now, now)
        return stopped or self._decide(now)

    def listening_failed(self, now: float) -> list[Action]:
        """Take note that the recogniser broke: finals that it owes will not come."""
        self._owed = self._stale = 0
        return self._decide(now)

    def postpone(self, seconds: float) -> None:
        """Take note that for the last `seconds` nobody listened: they are no silence of the user."""
        self._silent_since += seconds
        if self.deadline is not None:
            self.deadline += seconds

    def tick(self, now: float) -> list[Action]:
        """Let time pass."""
        return self._decide(now)

    def _words_start_speech(self, text: str) -> bool:
        return bool(text) and not self._speaking and not self._speech_is_reported

    def _begin_speech(self, now: float) -> list[Action]:
        self._speaking = True
        self.deadline = None
        return self._interrupt() if self._interruptible else []

    def _interrupt(self) -> list[Action]:
        if not self._replying:
            return []
        self._replying = False
        if not self._reply_heard and self._answered:
            self._finals.insert(0, self._answered)
        return [Interrupt(unheard=not self._reply_heard)]

    def _decide(self, now: float) -> list[Action]:
        """Answer if it is time to; else set the deadline by which to look again."""
        self.deadline = None
        if self._speaking or self._replying or not (self.transcript or self._owed):
            return []
        due = self._silent_since + self._patience
        if self._owed:
            due = max(due, self._committed_at + self._final_timeout)
        if now < due:
            self.deadline = due
            return []
        if not self.transcript:  # a slow recogniser that said nothing yet: better a late answer than none
            self._owed = 0
            return []
        self._stale += self._owed
        self._owed = 0
        return [self._answer()]

    def _answer(self) -> Answer:
        self._answered = self.transcript
        self._finals.clear()
        self._partial = ""
        self._replying = True
        self._reply_heard = False
        self.deadline = None
        return Answer(self._answered)
