"""What a tool may do to the conversation that it was called in."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

from voicebot.engine.tools.tool_use import ToolUse
from voicebot.engine.turns.rules import PatienceBounds
from voicebot.errors import ProviderError
from voicebot.interfaces import ToolCaller


class ReplyCaller(ToolCaller):
    """The caller of the calls of one reply.

    Args:
        language: of the user's turn.
        is_released: returns whether it is the bot's turn; before, nothing may be changed.
        is_over: returns whether the reply has ended, so that it can no longer end the conversation.
    """

    def __init__(
        self, use: ToolUse, language: str, is_released: Callable[[], bool], is_over: Callable[[], bool]
    ) -> None:
        self.conversation = use.conversation
        self.language = language
        self.is_silent = False
        """Whether a tool wants nothing more to be said in this turn."""
        self.ends = False
        """Whether a tool wants the conversation to end after this turn."""
        self._use = use
        self._is_released = is_released
        self._is_over = is_over

    def end_conversation(self) -> None:
        self._check()
        if not self._is_over():
            self.ends = True
            self._use.effects.end()

    def stay_silent(self) -> None:
        self._check()
        self.is_silent = True

    def set_patience(self, earliest: float, latest: float) -> None:
        self._check()
        if not (isfinite(earliest) and isfinite(latest)):
            raise ProviderError("patience must be a number of seconds")
        self._use.patience = PatienceBounds.corrected(earliest, latest)

    def remember(self, fact: str) -> None:
        self._check()
        self._use.effects.remember(fact)

    def _check(self) -> None:
        if not self._is_released():
            raise ProviderError(
                "a tool that only reads cannot change the conversation; its effect is `writes`"
            )
