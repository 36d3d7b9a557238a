"""A one-line summary of a conversation."""

from __future__ import annotations

from statistics import median

from voicebot.events import ToolEnded, TurnTimed
from voicebot.events.timing import answered_after


class Summary:
    """Counts turns, the time to their answers, calls of tools, and tokens if the chat model reports them."""

    def __init__(self) -> None:
        self.turns = 0
        """The number of questions that got an answer."""
        self._answers: list[float] = []
        self._timed: list[TurnTimed] = []
        self._calls = 0
        self._failed_calls = 0

    def add(self, turn: TurnTimed) -> None:
        """Record the timing and the tokens of a turn."""
        self._timed.append(turn)
        if (seconds := answered_after(turn)) is not None:
            self._answers.append(seconds)

    def add_call(self, ended: ToolEnded) -> None:
        """Record a call of a tool that is over; those that never ran do not count."""
        if ended.outcome not in ("declined", "refused", "repeated"):
            self._calls += 1
            self._failed_calls += ended.outcome in ("failed", "timeout")

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
        if tokens := self._tokens():
            said.append(tokens)
        return ", ".join(said)

    def _tokens(self) -> str:
        reported = {
            "input": [turn.input_tokens for turn in self._timed if turn.input_tokens is not None],
            "output": [turn.output_tokens for turn in self._timed if turn.output_tokens is not None],
        }
        shown = [f"{sum(counts):,} {which}" for which, counts in reported.items() if counts]
        if not shown:
            return ""
        some_unknown = any(0 < len(counts) < len(self._timed) for counts in reported.values())
        return f"{'at least ' if some_unknown else ''}{' and '.join(shown)} tokens"
