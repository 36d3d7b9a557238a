"""Turns that a button or a client takes, by saying when the user speaks and when the bot answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from voicebot.engine.turns.actions import Action, AddMessage, Interrupt
from voicebot.engine.turns.bot_turn import BotTurn
from voicebot.engine.turns.user_turn.user_turn import UserTurn


class ManualTurns:
    """Controls a conversation's turns; times are seconds on its clock.

    Args:
        interrupt: interrupts the bot, if it speaks.
        decide: decides what is due.
    """

    def __init__(
        self,
        user: UserTurn,
        bot: BotTurn,
        interrupt: Callable[[float], list[Action]],
        decide: Callable[[float], list[Action]],
    ) -> None:
        self.detects_speech = True
        """Whether speech is detected; otherwise, it is reported to `speech_started`."""
        self._user = user
        self._bot = bot
        self._interrupt = interrupt
        self._decide = decide

    def change(
        self, now: float, *, detects_speech: bool, answers: bool, interruptible: bool | None
    ) -> list[Action]:
        """Change how turns are taken; speech in progress ends."""
        actions: list[Action] = []
        if detects_speech != self.detects_speech:
            actions = self._user.stop_speech(now, now)
        self.detects_speech = detects_speech
        self._user.hold.is_permanent = not answers
        self._bot.set_interruptible(interruptible if detects_speech else False)
        return actions + self._decide(now)

    def speech_started(self, now: float) -> list[Action]:
        """Record that the user begins to speak, which does not interrupt the bot."""
        if self.detects_speech or self._user.speech.is_active:
            return []
        self._user.speech.start_reported()
        self._user.start_speech(now, after_pause=False, over_bot=False)
        self._user.segments.open_speech(over_bot=False)
        return []

    def speech_stopped(self, now: float, *, discard: bool) -> list[Action]:
        """Record that the user has spoken."""
        if self.detects_speech:
            return [*self._user.discard(now), *self._decide(now)] if discard else []
        if discard:
            self._user.segments.discard_open()
        return self._user.stop_speech(now, now) + self._decide(now)

    def answer(self, now: float, instructions: str, *, only_if_said: bool) -> list[Action]:
        """Answer what was said as soon as its words are complete.

        Args:
            only_if_said: whether nothing is done if nothing was said; otherwise, the bot replies once more.
        """
        user = self._user
        actions = user.stop_speech(now, now) if self.detects_speech else []
        if only_if_said and not (user.text or user.segments.awaits_final):
            return actions + self._decide(now)
        actions += self._interrupt(now)
        user.finish(now, instructions, only_if_said=only_if_said)
        return actions + self._decide(now)

    def stop_reply(self, now: float) -> list[Action]:
        """Stop the bot, or do not let it begin; the question counts as answered."""
        self._user.hold.turn_ended()
        if not self._bot.is_active:
            return []
        self._bot.stop()
        return [Interrupt(unheard=False), *self._decide(now)]

    def add(self, now: float, role: Literal["user", "assistant", "system"], text: str) -> list[Action]:
        """Add a message without answering it."""
        match role:
            case "user":
                self._user.hold.until_speech = not self._user.speech.is_active
                return [*self._user.add_typed(text), *self._decide(now)]
            case "system":
                return [AddMessage(role, text)]
        unanswered = self._user.text
        actions = self._user.endpointing.preemptive_reply.discard()
        if unanswered:
            turn = self._user.end()
            actions.append(AddMessage("user", unanswered, turn))
        return [*actions, AddMessage(role, text)]
