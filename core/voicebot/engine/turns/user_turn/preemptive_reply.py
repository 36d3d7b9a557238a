"""The reply that is made ahead of its time: to which words, how early, and how often in vain."""

from __future__ import annotations

from voicebot.engine.text.words import same_words
from voicebot.engine.turns.actions import Action, Discard, Prepare, TurnRules
from voicebot.engine.turns.user_turn.transcription_delay import LastWord


class PreemptiveReply:
    """At most one reply is being made ahead; times are seconds on the turns' clock.

    Args:
        rules: what the config says about turns.
    """

    def __init__(self, rules: TurnRules) -> None:
        self.lead = rules.lead
        """Seconds that a reply needs until it can be heard; preparing it earlier would be no use."""
        self._rules = rules
        self._last_word = LastWord(rules.lag, rules.lag_margin)
        self._text: str | None = None
        self._wasted = 0

    @property
    def is_allowed(self) -> bool:
        """Whether another reply may be made: there is none, and the turn's budget is not used up."""
        return self._text is None and self._wasted < self._rules.budget

    def word_told(self, told_at: float, silent_since: float) -> None:
        """Learn how late the last word of a pause comes."""
        self._last_word.learn(told_at, silent_since)

    def due(self, due: float, silent_since: float, unsettled_since: float | None) -> float:
        """Return when a reply that is `due` may be begun in a pause: with its words complete, and not rashly.

        Who has gone on after a pause may do it again, so each reply made in vain makes the next wait longer.

        Args:
            unsettled_since: when the words last changed, if the recogniser has not settled them.
        """
        due = max(due, silent_since + self._rules.caution * self._wasted)
        if unsettled_since is None:
            return due
        return max(due, self._last_word.told_by(unsettled_since, silent_since))

    def begin(self, text: str) -> list[Action]:
        """Make the reply to these words."""
        self._text = text
        return [Prepare(text)]

    def withdraw(self) -> list[Action]:
        """Throw away what was made, if anything was."""
        if self._text is None:
            return []
        self._text = None
        return [Discard()]

    def withdraw_unless_for(self, text: str) -> list[Action]:
        """Throw away what was made for other words than these: it was made in vain."""
        if self._text is None or same_words(self._text, text):
            return []
        self._wasted += 1
        return self.withdraw()

    def adopt(self, text: str) -> bool:
        """Begin anew with the next turn; return whether what was made is the answer to these words."""
        made, self._text, self._wasted = self._text, None, 0
        return made is not None and same_words(made, text)
