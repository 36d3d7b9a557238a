"""The reply that is prepared before the user's turn is over: for which words, how early, and how often."""

from __future__ import annotations

from voicebot.engine.text.words import same_words
from voicebot.engine.turns.actions import Action, Discard, Prepare
from voicebot.engine.turns.rules import TurnRules
from voicebot.engine.turns.user_turn.transcription_delay import TranscriptionDelay

_SLOWER, _FASTER = 0.5, 0.1
"""Weight of a reply that took longer, or less time, than expected: to be late is worse than to be early."""
_GAP_IN_SPEECH = 0.1
"""Seconds for which a voice activity detector may hear silence in the middle of a word."""


class PreemptiveReply:
    """At most one reply is prepared at a time; times are seconds on the conversation's clock."""

    def __init__(self, rules: TurnRules) -> None:
        self.reply_time = rules.reply_time
        """Expected time from requesting a reply to its first sound; preparing it earlier gains nothing."""
        self._rules = rules
        self._transcription_delay = TranscriptionDelay(rules.transcription_delay, rules.transcription_margin)
        self._text: str | None = None
        self._language = ""
        self._discarded = 0
        self._has_discarded = False

    @property
    def is_allowed(self) -> bool:
        """Whether another reply may be prepared: there is none, and the turn's budget is not used up."""
        return self._text is None and self._discarded < self._rules.prepare_budget

    @property
    def expects_complete_words(self) -> bool:
        """Whether the words before a pause are expected to be complete when it begins."""
        return self._transcription_delay.is_none

    @property
    def shortest_pause(self) -> float:
        """Seconds of silence in speech that may be a pause; longer once any reply was prepared in vain."""
        return _GAP_IN_SPEECH if self._has_discarded else 0.0

    def measure_reply(self, seconds: float) -> None:
        """Learn from how long a reply took from the request to its first sound."""
        more = seconds - self.reply_time
        self.reply_time += (_SLOWER if more > 0 else _FASTER) * more

    def measure_transcription(self, last_word_at: float, silent_since: float) -> None:
        """Learn from when the last word before a pause came."""
        self._transcription_delay.measure(last_word_at, silent_since)

    def final_came(self, last_word_at: float, silent_since: float) -> None:
        """Learn from a final transcript that had no more words than had come by `last_word_at`."""
        self._transcription_delay.final_came(last_word_at, silent_since)

    def words_were_missing(self) -> None:
        """Learn that words of a pause came after it had begun."""
        self._transcription_delay.words_were_missing()

    def due(self, due: float, silent_since: float, unfinished_since: float | None) -> float:
        """Return when to prepare a reply in a pause, no earlier than `due`: once its words are complete.

        A user who went on after a pause may do so again, so each discarded reply makes the next wait longer.

        Args:
            unfinished_since: when the words last changed, if their final transcript is still to come.
        """
        due = max(due, silent_since + self._rules.discard_penalty * self._discarded)
        if unfinished_since is None:
            return due
        return max(due, self._transcription_delay.complete_at(unfinished_since, silent_since))

    def begin(self, text: str, language: str) -> list[Action]:
        """Prepare the reply to these words, which are in this language."""
        self._text, self._language = text, language
        return [Prepare(text, language)]

    def discard(self) -> list[Action]:
        """Discard the prepared reply, if there is one."""
        if self._text is None:
            return []
        self._text = None
        return [Discard()]

    def discard_unless_for(self, text: str) -> list[Action]:
        """Discard a reply that was prepared for other words."""
        if self._text is None or same_words(self._text, text):
            return []
        self._discarded += 1
        self._has_discarded = True
        return self.discard()

    def discard_unless_in(self, language: str) -> list[Action]:
        """Discard a reply that was prepared in another language, which says nothing about pauses."""
        return [] if self._language == language else self.discard()

    def take(self) -> bool:
        """End the turn; return whether a reply is prepared, which then is the answer."""
        text, self._text, self._discarded = self._text, None, 0
        return text is not None
