"""What the turns decide, and what they go by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Patience:
    """The least and the most silence, in seconds, that ends a user's turn."""

    earliest: float
    latest: float

    @classmethod
    def checked(cls, earliest: float, latest: float) -> Patience:
        """Return bounds that a stranger gives, put right: not negative, and in order."""
        earliest = max(0.0, earliest)
        return cls(earliest, max(earliest, latest))

    def bounded(self, wait: float | None) -> float:
        """Return a turn detector's wait within the bounds; the latest while it has not answered."""
        return self.latest if wait is None else min(max(wait, self.earliest), self.latest)


@dataclass(frozen=True, slots=True)
class TurnRules:
    """What a config says about turns; times in seconds.

    Args:
        final_timeout: after `Commit`, until speech without a transcript is given up.
        stable: a partial transcript that has not changed for so long need not become final to be answered.
        interruption: speech without words that stops a reply; before that, it is only ducked. 0 stops it
            as soon as the user makes a sound.
        prepare: whether replies are made ahead: in a pause, also while the user speaks, or never.
        budget: replies that may be made in vain in one turn.
        lead: how long a reply takes, until experience tells.
        lag: how long after the last sound of a pause its last word is told, until experience tells.
        lag_margin: how much later than that a reply is prepared if no word has come since the last sound.
        caution: how much longer a pause must last to be prepared in, for each reply made in vain in the turn.
        unheard: a reply that is cut off so soon counts as never given.
        asked_once: whether a turn that was answered is never answered anew, heard or not.
        doubt: silence after speech over the bot until it was a noise, if no words come.
        assent: how late an "okay" may be to answer the question that it was spoken into.
    """

    patience: Patience
    final_timeout: float = 2.0
    stable: float = 0.6
    interruptible: bool = True
    interruption: float = 0.7
    prepare: Literal["eager", "pause", "off"] = "pause"
    budget: int = 3
    lead: float = 1.0
    lag: float = 0.2
    lag_margin: float = 0.1
    caution: float = 0.4
    unheard: float = 0.3
    asked_once: bool = False
    doubt: float = 0.7
    assent: float = 1.0


@dataclass(frozen=True, slots=True)
class Commit:
    """Ask the recogniser to settle what it has heard."""


@dataclass(frozen=True, slots=True)
class AskTurnDetector:
    """Ask the turn detector how much silence ends a turn with these words."""

    text: str
    settled: bool
    pauses: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Prepare:
    """Make the reply to `text`, but let nobody hear it."""

    text: str


@dataclass(frozen=True, slots=True)
class Discard:
    """Throw the prepared reply away."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The user's turn is over: reply to `text`, with what was `prepared` for these words if so."""

    text: str
    prepared: bool = False
    turn: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Correct:
    """The user's turn of that number was `text` after all; it has been answered."""

    text: str
    turn: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Duck:
    """Lower the bot's voice: the user makes a sound."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Fall silent, but keep what was not heard yet."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on where it was held, in full voice: the user did not mean to interrupt."""


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Fall silent and stop replying, at once.

    `unheard` is true when nothing of the reply counts as heard: its question joins the turn that begins.
    """

    unheard: bool


@dataclass(frozen=True, slots=True)
class Prompt:
    """Say a line unasked: the user has said nothing for long."""

    text: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """Say goodbye, then end the conversation: the user seems to have gone."""


Action: TypeAlias = (
    Commit
    | AskTurnDetector
    | Prepare
    | Discard
    | Answer
    | Correct
    | Duck
    | Hold
    | Resume
    | Interrupt
    | Prompt
    | HangUp
)
