"""Calls of tools: which run, and a line about each that is over."""

from __future__ import annotations

from voicebot.events import ToolEnded, ToolStarted
from voicebot.plain_text import printable_words

_LONGEST = 80
"""Characters of a result that are shown."""
_OUTCOMES = {
    "done": "",
    "failed": "failed",
    "timeout": "timed out",
    "cancelled": "cancelled",
    "declined": "declined",
    "refused": "not run",
    "repeated": "not run again",
}
_WITH_TEXT = ("done", "failed", "refused")
_MOMENT = 0.05
"""Seconds below which it does not matter how long a tool ran."""
_NOTICED = 0.95
"""Seconds after which it is shown how long a tool has run."""


class ToolCalls:
    """The calls of a conversation."""

    def __init__(self) -> None:
        self._running: dict[str, ToolStarted] = {}
        self._ended: list[ToolEnded] = []

    def record(self, event: ToolStarted | ToolEnded) -> bool:
        """Record that a call began or is over; return whether calls that are over may be shown now.

        Where the user's turn is not over, its question is shown first.
        """
        if isinstance(event, ToolStarted):
            self._running[event.id] = event
            return False
        started = self._running.pop(event.id, None)
        ahead = started is not None and started.ahead
        if not (ahead and event.outcome == "cancelled"):  # the user went on, and nothing came of it
            self._ended.append(event)
        return not ahead

    def ended(self) -> list[ToolEnded]:
        """Return the calls that are over and have not been returned before."""
        ended, self._ended = self._ended, []
        return ended

    def running(self, now: float) -> str:
        """Return which tools run, and for how long; empty if none does."""
        return ", ".join(
            f"{_named(each.name)} ({took:.0f} s)"
            if (took := now - each.at) >= _NOTICED
            else _named(each.name)
            for each in self._running.values()
        )


def about(ended: ToolEnded) -> str:
    """Return the line about a call: the tool, how long it ran, what came of it, and how its result begins."""
    took = f" ({ended.seconds:.1f} s)" if ended.seconds >= _MOMENT else ""
    text = printable_words(ended.text) if ended.outcome in _WITH_TEXT else ""
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()}…"
    came = ": ".join(part for part in (_OUTCOMES[ended.outcome], shown) if part)
    return f"{_named(ended.name)}{took}{f': {came}' if came else ''}"


def _named(name: str) -> str:
    return printable_words(name) or "a tool"
