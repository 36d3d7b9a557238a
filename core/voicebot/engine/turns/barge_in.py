"""Speech over the bot's own, as long as it may be a noise or assent: lower the voice, hold it, or go on."""

from __future__ import annotations

from typing import Literal

from voicebot.engine.turns.actions import Action, Duck, Hold, Resume, TurnRules


class BargeIn:
    """Speech over the bot; times are seconds on the turns' clock.

    Args:
        rules: what the config says about turns.
    """

    def __init__(self, rules: TurnRules) -> None:
        self.deadline: float | None = None
        """When `decide` wants to be called next."""
        self.since = 0.0
        """When the speech began, if there is any."""
        self._rules = rules
        self._voice: Literal["ducked", "held"] | None = None
        self._assent = ("", float("-inf"))

    def __bool__(self) -> bool:
        return self._voice is not None

    def begin(self, now: float) -> list[Action]:
        """Take note that the user began to speak, perhaps once more."""
        if self._voice is not None:
            return []
        self._voice, self.since = "ducked", now
        return [Duck()]

    def end(self) -> None:
        """Take note that the bot is not speaking any more."""
        self._voice = None

    def decide(self, now: float, *, silent_since: float | None, awaits_final: bool) -> list[Action]:
        """Decide about speech in which there were no words so far, other than assent.

        Args:
            silent_since: when it stopped, or None while it goes on.
            awaits_final: whether the recogniser has yet to settle what it was.
        """
        self.deadline = None
        if self._voice is None:
            return []
        if silent_since is None:
            return self._hold(now)
        due = silent_since + self._rules.doubt
        if awaits_final and now < due:
            self.deadline = due
            return []
        self._voice = None
        return [Resume()]

    def assented(self, now: float, words: str) -> None:
        """Take note of assent, which may yet turn out to be an answer."""
        self._assent = (words, now)

    def take_assent(self, now: float) -> str:
        """Return the words of assent that were said a moment ago, if any, and forget them."""
        (words, said_at), self._assent = self._assent, ("", float("-inf"))
        return words if now - said_at <= self._rules.assent else ""

    def _hold(self, now: float) -> list[Action]:
        if self._voice == "held":
            return []
        due = self.since + self._rules.interruption
        if now < due:
            self.deadline = due
            return []
        self._voice = "held"
        return [Hold()]
