"""Whose turn it is, as a state machine without I/O: what happened, and when, goes in; what to do comes out.

Times are seconds on any one clock. After each call, `deadline` is when `tick` wants to be called next.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeAlias

_ALIKE = 0.5


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


@dataclass(slots=True)
class _Stretch:
    """Speech between two pauses: `settled` words stay as they are, those of `partial` may change."""

    settled: str = ""
    partial: str = ""
    committed_at: float | None = None
    over: bool = False

    @property
    def text(self) -> str:
        return _joined(self.settled, self.partial)


class Turns:
    """Decides when the user has finished, and when the bot has to.

    A turn is made of stretches of speech. The recogniser tells the words of one after the other, so that
    what it tells belongs to the first stretch that is not over; a commit's final ends its stretch.

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
        self._said_before = ""
        self._stretches: list[_Stretch] = []
        self._given_up = ""
        self._replying = False
        self._reply_heard = False
        self._answered = ""

    @property
    def transcript(self) -> str:
        """The words of the user's turn so far."""
        return _joined(self._said_before, *(stretch.text for stretch in self._stretches))

    @property
    def awaits_final(self) -> bool:
        """Whether the recogniser still owes the final transcript of a `Commit`."""
        return any(s.committed_at is not None and not s.over for s in self._stretches)

    @property
    def replying(self) -> bool:
        """Whether it is the bot's turn."""
        return self._replying

    @property
    def busy(self) -> bool:
        """Whether the bot is at work: replying, or waiting for the words that it will reply to."""
        return self._replying or self.awaits_final

    @property
    def idle(self) -> bool:
        """Whether nothing is going on and nothing is left to answer."""
        return not (self._speaking or self.busy or self.transcript)

    def speech_started(self) -> list[Action]:
        """Take note that the user began to speak, at the start or again after a pause."""
        self._speech_is_reported = True
        return self._begin_speech()

    def speech_stopped(self, now: float, silent_since: float) -> list[Action]:
        """Take note that the user fell silent at `silent_since`, perhaps only to think."""
        if not self._speaking:
            return []
        self._speaking = False
        self._silent_since = silent_since
        return [self._commit(now), *self._decide(now)]

    def partial(self, now: float, text: str) -> list[Action]:
        """Take the words of the stretch of speech that is being recognised."""
        if self._is_late(text):
            return []
        actions = self._begin_speech() if self._words_start_speech(text) else []
        if stretch := self._being_recognised():
            stretch.partial = text
        return actions + self._decide(now)

    def final(self, now: float, text: str, *, ends_speech: bool = False) -> list[Action]:
        """Take the settled words of a stretch of speech.

        Args:
            ends_speech: the recogniser alone decides where speech ends, and this says that it did.
        """
        late, self._given_up = self._is_late(text), ""
        if late:
            return []
        actions = self._begin_speech() if self._words_start_speech(text) else []
        stretch = self._being_recognised()
        if stretch is None and text:  # it was given up without a word; better a late answer than none
            stretch = _Stretch(over=True)
            self._stretches.append(stretch)
        if stretch is not None:
            stretch.settled, stretch.partial = _joined(stretch.settled, text), ""
            stretch.over = stretch.over or ends_speech or stretch.committed_at is not None
        if ends_speech:
            self._speech_is_reported = False  # should speech go on after all, its words will say so
            if self._speaking:
                self._speaking = False
                self._silent_since = now
        return actions + self._decide(now)

    def typed(self, text: str) -> list[Action]:
        """Take a typed line: a whole turn, which interrupts whatever the bot is doing."""
        actions = self._interrupt()
        self._said_before = _joined(self._said_before, text)
        text, self._said_before = self._said_before, ""
        return [*actions, self._answer(text)]

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
        if self._speaking:
            return self.speech_stopped(now, now)
        if not self._speech_is_reported:  # there may be words that have not been recognised yet
            return [self._commit(now), *self._decide(now)]
        return self._decide(now)

    def give_up(self, now: float) -> list[Action]:
        """Take note that finals which the recogniser owes will not come: what was understood must do."""
        unsettled = [s for s in self._stretches if s.committed_at is not None and not s.over]
        self._given_up = _joined(*(stretch.partial for stretch in unsettled))
        for stretch in unsettled:
            stretch.over = True
        return self._decide(now)

    def tick(self, now: float) -> list[Action]:
        """Let time pass."""
        return self._decide(now)

    def _words_start_speech(self, text: str) -> bool:
        return bool(text) and not self._speaking and not self._speech_is_reported and not self.awaits_final

    def _is_late(self, text: str) -> bool:
        """Whether these are the words of a stretch that was given up: they have been answered."""
        if not (self._given_up and text):
            return False
        return SequenceMatcher(None, self._given_up.split(), text.split()).ratio() >= _ALIKE

    def _being_recognised(self) -> _Stretch | None:
        return next((stretch for stretch in self._stretches if not stretch.over), None)

    def _commit(self, now: float) -> Commit:
        self._open_stretch().committed_at = now
        self._given_up = ""
        return Commit()

    def _begin_speech(self) -> list[Action]:
        self._speaking = True
        self.deadline = None
        actions = self._interrupt() if self._interruptible else []
        self._open_stretch()
        return actions

    def _open_stretch(self) -> _Stretch:
        """Return the stretch that is being spoken, a new one if the last is at its end."""
        if not self._stretches or self._stretches[-1].committed_at is not None or self._stretches[-1].over:
            self._stretches.append(_Stretch())
        return self._stretches[-1]

    def _interrupt(self) -> list[Action]:
        if not self._replying:
            return []
        self._replying = False
        if not self._reply_heard:
            self._said_before = _joined(self._answered, self._said_before)
        return [Interrupt(unheard=not self._reply_heard)]

    def _decide(self, now: float) -> list[Action]:
        """Answer if it is time to; else set the deadline by which to look again."""
        self.deadline = None
        if self._speaking or self._replying:
            return []
        self._stretches = [stretch for stretch in self._stretches if stretch.text or not stretch.over]
        commits = [s.committed_at for s in self._stretches if s.committed_at is not None and not s.over]
        if not (self.transcript or commits):
            return []
        due = max([self._silent_since + self._patience, *(at + self._final_timeout for at in commits)])
        if now < due:
            self.deadline = due
            return []
        if commits:
            return self.give_up(now)
        text, self._said_before = self.transcript, ""
        self._stretches.clear()
        return [self._answer(text)]

    def _answer(self, text: str) -> Answer:
        self._answered = text
        self._replying = True
        self._reply_heard = False
        self.deadline = None
        return Answer(text)


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)
