"""What the bot does when nobody speaks: tell results that came late, prompt the user, say goodbye."""

from __future__ import annotations

from voicebot.dataclass import dataclass
from voicebot.engine.text.questions import is_question
from voicebot.engine.turns.actions import Action, Prompt, SayGoodbye, TellResults

_QUIET = 1.0
"""Seconds of silence after which the bot may speak again without being asked."""
_AFTER_QUESTION = 3.0
"""The same after a question, which the user may be about to answer."""


def quiet_after(said: str) -> float:
    """Return how many seconds of silence must follow what the bot said last, before it says more."""
    return _AFTER_QUESTION if is_question(said) else _QUIET


@dataclass(frozen=True, slots=True)
class IdleRules:
    """Rules for silence; times in seconds, None for never.

    Args:
        prompt_after: silence after which the bot says the next of `prompts`, repeating the last one.
        most: how many prompts to say until the user has had a turn.
        end_after: seconds since the last turn, prompts included, after which the conversation ends.
    """

    prompt_after: float | None = None
    prompts: tuple[str, ...] = ()
    most: int = 0
    end_after: float | None = None


class IdleTimer:
    """Measures how long it has been the user's turn without a word.

    A noise restarts the silence, but only a turn of the user resets the prompts and the end.
    """

    def __init__(self, rules: IdleRules) -> None:
        self.deadline: float | None = None
        """When to call `tick` next."""
        self.rules = rules
        """What is read from whenever it matters, so that it may change."""
        self._idle_since: float | None = None
        self._quiet: float | None = None
        self._last_turn_at: float | None = None
        """When the user's last turn was over and answered; None while it is not."""
        self._prompts_said = 0

    def update(self, now: float, *, is_idle: bool, quiet: float | None = None) -> None:
        """Start the timer if the conversation is idle, stop it otherwise.

        Args:
            quiet: seconds of silence after which to tell results that came late; None if there are none.
        """
        self._quiet = quiet
        if not is_idle:
            self._idle_since = None
        elif self._idle_since is None:
            self._idle_since = now
            if self._last_turn_at is None:
                self._last_turn_at = now
        due = [at for at in (self._tell_at(), self._prompt_at(), self._end_at()) if at is not None]
        self.deadline = min(due, default=None)

    def reset(self) -> None:
        """Start over with prompts and end: the user has had a turn."""
        self._last_turn_at = None
        self._prompts_said = 0

    def tick(self, now: float) -> list[Action]:
        """Return what is due."""
        if self.deadline is None or now < self.deadline:
            return []
        tell_at, end_at = self._tell_at(), self._end_at()
        self._idle_since = None  # the bot is about to speak
        if tell_at is not None and now >= tell_at:
            return [TellResults()]
        if end_at is not None and now >= end_at:
            return [SayGoodbye()]
        self._prompts_said += 1
        prompts = self.rules.prompts
        return [Prompt(prompts[min(self._prompts_said, len(prompts)) - 1])]

    def _tell_at(self) -> float | None:
        if self._idle_since is None or self._quiet is None:
            return None
        return self._idle_since + self._quiet

    def _prompt_at(self) -> float | None:
        rules = self.rules
        if self._idle_since is None or rules.prompt_after is None or self._prompts_said >= rules.most:
            return None
        return self._idle_since + rules.prompt_after

    def _end_at(self) -> float | None:
        if self._idle_since is None or self._last_turn_at is None or self.rules.end_after is None:
            return None
        return self._last_turn_at + self.rules.end_after
