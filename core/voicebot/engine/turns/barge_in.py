"""Speech over the bot: an interruption, a backchannel ("mm-hm"), or noise."""

from __future__ import annotations

from typing import Literal

from voicebot.dataclass import dataclass
from voicebot.engine.text.backchannel import begins_backchannel, is_backchannel
from voicebot.engine.turns.actions import Action, Duck, Hold, Resume
from voicebot.engine.turns.rules import TurnRules


@dataclass(frozen=True, slots=True)
class SpeechOverBot:
    """What the user has said over the bot so far.

    Args:
        silent_since: when the user stopped speaking, or None while they have not.
        awaits_final: whether a final transcript of it is waited for.
    """

    text: str
    silent_since: float | None
    awaits_final: bool


class BargeIn:
    """Decides what to do about speech over the bot; times are seconds on the conversation's clock.

    The reply is ducked when the user makes a sound, and held when that goes on. Words other than a
    backchannel interrupt it. Noise or a backchannel is over when the reply is resumed.
    """

    def __init__(self, rules: TurnRules) -> None:
        self.deadline: float | None = None
        """When to call `decide` again, if nothing happens before."""
        self.since = 0.0
        """When the speech began."""
        self._rules = rules
        self._reply: Literal["ducked", "held"] | None = None
        self._backchannel = ("", float("-inf"))

    @property
    def is_active(self) -> bool:
        """Whether the reply is ducked or held."""
        return self._reply is not None

    def begin(self, now: float) -> list[Action]:
        """Record that the user began to speak, or went on after a pause."""
        if self._reply is not None:
            return []
        self._reply, self.since = "ducked", now
        return [Duck()]

    def end(self) -> None:
        """Record that the bot has stopped speaking."""
        self._reply = self.deadline = None

    def is_interruption(self, now: float, speech: SpeechOverBot) -> bool:
        """Return whether there are words that are not a backchannel and will not become one."""
        if not speech.text or is_backchannel(speech.text):
            return False
        return not (begins_backchannel(speech.text) and self._may_go_on(now, speech))

    def decide(self, now: float, speech: SpeechOverBot) -> list[Action]:
        """Decide about speech that is not an interruption so far, and set the deadline."""
        self.deadline = None
        if self._reply is None:
            return []
        if speech.silent_since is None:
            return self._hold(now)
        if self._may_go_on(now, speech):
            self.deadline = self._noise_from(speech.silent_since)
            return []
        self._reply = None
        if speech.text:
            self._backchannel = (speech.text, now)
        return [Resume()]

    def take_backchannel(self, now: float) -> str:
        """Return the last backchannel and forget it; empty if it was not a moment ago."""
        (text, said_at), self._backchannel = self._backchannel, ("", float("-inf"))
        return text if now - said_at <= self._rules.backchannel_timeout else ""

    def _hold(self, now: float) -> list[Action]:
        if self._reply == "held":
            return []
        due = self.since + self._rules.interruption
        if now < due:
            self.deadline = due
            return []
        self._reply = "held"
        return [Hold()]

    def _may_go_on(self, now: float, speech: SpeechOverBot) -> bool:
        """Return whether more words of it may come."""
        if speech.silent_since is None:
            return True
        return speech.awaits_final and now < self._noise_from(speech.silent_since)

    def _noise_from(self, silent_since: float) -> float:
        """Return when speech without words counts as noise."""
        return silent_since + self._rules.false_interruption_timeout
