"""The bot's turn: what it answers, whether it has been heard, and speech over it."""

from __future__ import annotations

from voicebot.dataclass import dataclass
from voicebot.engine.text.answers_and_commands import begins_with_answer_or_command
from voicebot.engine.text.questions import is_question
from voicebot.engine.turns.actions import Action, Interrupt
from voicebot.engine.turns.barge_in import BargeIn
from voicebot.engine.turns.rules import PatienceBounds, TurnRules


@dataclass(frozen=True, slots=True)
class BotSaid:
    """What the bot said last, as far as it was heard, and how patient to be with the user's answer to it."""

    text: str
    patience: PatienceBounds


class BotTurn:
    """At most one turn at a time; times are seconds on the conversation's clock."""

    def __init__(self, rules: TurnRules) -> None:
        self.said = BotSaid("", rules.patience)
        """What the bot said last."""
        self.is_active = False
        self.answered_turn: int | None = None
        """Number of the user's turn that it answers; None where the bot speaks first."""
        self.barge_in = BargeIn(rules)
        self.is_interruptible = rules.interruptible
        """Whether the user may interrupt it by speaking."""
        self._rules = rules
        self._began_in_noise = self._has_acted = False
        self._audible_at: float | None = None

    def begin(self, answered_turn: int | None, *, in_noise: bool = False) -> None:
        """Start the bot's turn.

        Args:
            in_noise: whether there is noise that has not become words; noise may then not stop it at once.
        """
        self.is_active, self.answered_turn, self._audible_at = True, answered_turn, None
        self._began_in_noise, self._has_acted = in_noise, False

    def set_interruptible(self, value: bool | None) -> None:
        """Change whether the user may interrupt it; None restores the rule."""
        self.is_interruptible = self._rules.interruptible if value is None else value

    def audible(self, now: float) -> None:
        """Record that its first sound is played."""
        self._audible_at = now

    def acted(self) -> None:
        """Record that the bot changes something: what was asked for cannot be asked for again."""
        self._has_acted = True

    def is_unheard(self, now: float) -> bool:
        """Return whether it counts as never given if it is cut off now."""
        if self._rules.answer_once or self._has_acted:
            return False
        return self._audible_at is None or now - self._audible_at < self._rules.unheard

    def is_stopped_by_sound(self, now: float) -> bool:
        """Return whether any sound of the user stops it now."""
        if not (self.is_active and self.is_interruptible):
            return False
        return (self.is_unheard(now) and not self._began_in_noise) or not self._rules.interruption

    def can_be_taken_back(self, now: float, turn: int | None) -> bool:
        """Return whether it answers that turn and may be given again, since nothing of it has been heard."""
        answers_it = self.is_active and turn == self.answered_turn
        return answers_it and self.is_unheard(now) and not self.barge_in.is_active

    def interrupt(self, now: float, words: str | None) -> Interrupt:
        """End the turn early.

        Args:
            words: what the user has said over it so far; None if it is not the user's speech that ends it.
        """
        since = self.barge_in.since if self.barge_in.is_active else now
        is_unheard = self.is_unheard(since)
        goes_on = not is_unheard and words is not None and self._cuts_off(since, words)
        self._end()
        return Interrupt(is_unheard, goes_on)

    def stop(self) -> None:
        """End the turn early, for good: what it answers is not answered again."""
        self._end()

    def complete(self, now: float, said: BotSaid | None) -> str:
        """End the turn; return the backchannel that answers the question it ended with, if there is one.

        Args:
            said: None if what the bot said before is still to be answered.
        """
        self.said = said or self.said
        self._end()
        backchannel = self.barge_in.take_backchannel(now)
        return backchannel if is_question(self.said.text) else ""

    def speech_started(self, now: float) -> list[Action]:
        """Record speech over it that does not stop it at once."""
        return self.barge_in.begin(now) if self.is_active and self.is_interruptible else []

    def _cuts_off(self, since: float, words: str) -> bool:
        """Return whether the user, who has been speaking over it since then, had probably not finished."""
        if self._audible_at is None or self.answered_turn is None or self._rules.answer_once:
            return False
        is_soon = since - self._audible_at < self._rules.cut_off
        return is_soon and not begins_with_answer_or_command(words)

    def _end(self) -> None:
        self.is_active = False
        self.barge_in.end()
