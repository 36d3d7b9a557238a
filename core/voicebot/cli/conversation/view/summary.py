"""A one-line summary of a conversation."""

from __future__ import annotations

from statistics import median

from voicebot.cli.conversation.view.timing import answered_after
from voicebot.events import TurnTimed


class Summary:
    """Counts turns, the time to their answers, and tokens if the chat model reports them."""

    def __init__(self) -> None:
        self.turns = 0
        """The number of questions that got an answer."""
        self._answers: list[float] = []
        self._timed: list[TurnTimed] = []

    def add(self, turn: TurnTimed) -> None:
        """Record the timing and the tokens of a turn."""
        self._timed.append(turn)
        if (seconds := answered_after(turn)) is not None:
            self._answers.append(seconds)

    @property
    def line(self) -> str:
        """The summary; empty without turns."""
        if not self.turns:
            return ""
        said = [f"{self.turns} turn{'s' * (self.turns > 1)}"]
        if self._answers:
            which = "median answer" if len(self._answers) > 1 else "answered"
            said.append(f"{which} after {median(self._answers):.2f} s")
        if tokens := self._tokens():
            said.append(tokens)
        return ", ".join(said)

    def _tokens(self) -> str:
        told = {
            "input": [turn.input_tokens for turn in self._timed if turn.input_tokens is not None],
            "output": [turn.output_tokens for turn in self._timed if turn.output_tokens is not None],
        }
        shown = [f"{sum(counts):,} {which}" for which, counts in told.items() if counts]
        if not shown:
            return ""
        some_unknown = any(0 < len(counts) < len(self._timed) for counts in told.values())
        return f"{'at least ' if some_unknown else ''}{' and '.join(shown)} tokens"
