"""What the bot does when nothing is said for long, as a state machine without I/O: it asks, and then goes."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.engine.turns.actions import Action, HangUp, Prompt


@dataclass(frozen=True, slots=True)
class IdleRules:
    """What a config says about silence; times in seconds, None for never.

    Args:
        prompt_after: silence after which the bot says the next of `prompts`, the last one again and again.
        most: how often it does so until the user has had a turn.
        end_after: seconds since the last turn after which the conversation ends, its prompts included.
    """

    prompt_after: float | None = None
    prompts: tuple[str, ...] = ()
    most: int = 0
    end_after: float | None = None


class IdleTimer:
    """Watches the time in which it is the user's turn and nothing is said.

    A noise begins the silence anew, but only a turn of the user makes the bot as patient as it was.
    """

    def __init__(self, rules: IdleRules) -> None:
        self.deadline: float | None = None
        """When `tick` wants to be called next."""
        self._rules = rules
        self._idle_since: float | None = None
        self._last_turn: float | None = None
        """When the user's last turn was over and answered; None while it is not."""
        self._prompted = 0

    def note(self, now: float, *, idle: bool) -> None:
        """Take note whether anything goes on."""
        if not idle:
            self._idle_since = None
        elif self._idle_since is None:
            self._idle_since = now
            if self._last_turn is None:
                self._last_turn = now
        self._set_deadline()

    def answered(self) -> None:
        """Take note that the user has had a turn."""
        self._last_turn = None
        self._prompted = 0

    def tick(self, now: float) -> list[Action]:
        """Do what is due."""
        if self.deadline is None or now < self.deadline:
            return []
        if (ends := self._ends_at()) is not None and now >= ends:
            self._idle_since = None
            return [HangUp()]
        self._prompted += 1
        self._idle_since = None  # the bot is about to speak
        prompts = self._rules.prompts
        return [Prompt(prompts[min(self._prompted, len(prompts)) - 1])]

    def _set_deadline(self) -> None:
        due = [at for at in (self._prompts_at(), self._ends_at()) if at is not None]
        self.deadline = min(due, default=None)

    def _prompts_at(self) -> float | None:
        rules = self._rules
        if self._idle_since is None or rules.prompt_after is None or self._prompted >= rules.most:
            return None
        return self._idle_since + rules.prompt_after

    def _ends_at(self) -> float | None:
        if self._idle_since is None or self._last_turn is None or self._rules.end_after is None:
            return None
        return self._last_turn + self._rules.end_after
