"""Other rules of turn-taking, and another source of reports, between two turns."""

from __future__ import annotations

from voicebot.engine.turns.bot_turn import BotSaid, BotTurn
from voicebot.engine.turns.rules import PatienceBounds, TurnRules
from voicebot.engine.turns.user_turn.user_turn import UserTurn


class ChangingRules:
    """Changes the rules that all parts of turn-taking read.

    Args:
        rules: what they read.
    """

    def __init__(self, rules: TurnRules, user: UserTurn, bot: BotTurn) -> None:
        self._rules = rules
        self._user = user
        self._bot = bot

    def change(self, rules: TurnRules, patience: PatienceBounds) -> None:
        """Go by other rules from now on; a reply that was prepared is not used.

        Args:
            patience: how patient to be with the user's answer to what the bot said last.
        """
        self._user.endpointing.preemptive_reply.discard()
        was_interruptible = self._rules.interruptible
        self._rules.become(rules)
        self._user.language.rules_changed()
        if self._bot.is_interruptible == was_interruptible:  # otherwise, the device has decided that
            self._bot.is_interruptible = rules.interruptible
        self._bot.said = BotSaid(self._bot.said.text, patience)

    def detector_changed(self, *, has_detector: bool) -> None:
        """Record whether a voice activity detector reports speech from now on."""
        self._user.speech.detector_changed(has_detector=has_detector)
