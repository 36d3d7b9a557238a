"""A one-line summary of a conversation."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from voicebot.cost.amounts import Use
from voicebot.events import ConversationEvent, ToolEnded, TurnTimed
from voicebot.events.timing import answered_after


class Summary:
    """Counts turns, the time to their answers, calls of tools, what providers were used for, and its cost.

    Args:
        prices: the user's file of prices, if there is one.
    """

    def __init__(self, prices: Path | None = None) -> None:
        self.turns = 0
        """The number of questions that got an answer."""
        self.prices = prices
        """The user's file of prices."""
        self._answers: list[float] = []
        self._use = Use()
        self._calls = 0
        self._failed_calls = 0

    def observe(self, event: ConversationEvent) -> None:
        """Record an event; calls of tools that never ran do not count."""
        self._use.add(event)
        match event:
            case TurnTimed() if (seconds := answered_after(event)) is not None:
                self._answers.append(seconds)
            case ToolEnded(outcome=outcome) if outcome not in ("declined", "refused", "repeated"):
                self._calls += 1
                self._failed_calls += outcome in ("failed", "timeout")
            case _:
                pass

    @property
    def line(self) -> str:
        """The summary; empty without turns."""
        if not self.turns:
            return ""
        said = [f"{self.turns} turn{'s' * (self.turns > 1)}"]
        if self._answers:
            which = "median answer" if len(self._answers) > 1 else "answered"
            said.append(f"{which} after {median(self._answers):.2f} s")
        if self._calls:
            failed = f" ({self._failed_calls} failed)" if self._failed_calls else ""
            said.append(f"{self._calls} call{'s' * (self._calls > 1)} of tools{failed}")
        if costs := self._costs():
            said.append(costs)
        return ", ".join(said)

    def _costs(self) -> str:
        """Return what was used of providers that cost something, and what that cost."""
        if not self._use.used:
            return ""
        from voicebot.config.prices import load_prices
        from voicebot.cost.lines import line_of
        from voicebot.errors import ConfigError

        try:
            prices = load_prices(self.prices)
        except ConfigError:  # it was fine when the conversation began
            prices = load_prices()
        return line_of(self._use, prices)
