"""Calls of tools: which run, and a line about each that is over."""

from __future__ import annotations

from math import inf

from voicebot.events import ToolEnded, ToolStarted
from voicebot.plain_text import printable_words

_LONGEST = 80
"""Characters of a result that are shown."""
_LONGEST_FAILURE = 240
"""Characters of the reason why there is none, whose end says what to do."""
_OUTCOMES = {
    "done": "",
    "failed": "failed",
    "timeout": "timed out",
    "cancelled": "cancelled",
    "declined": "declined",
    "refused": "not run",
    "repeated": "not run again",
}
_REFUSED = "Not run: "
"""How the reason for the chat model begins; people have read that already."""
_WITH_TEXT = ("done", "failed", "refused")
_MOMENT = 0.05
"""Seconds below which it does not matter how long a tool ran."""
NOTICED = 0.95
"""Seconds after which it is shown how long a tool has run."""


class ToolCalls:
    """The calls of a conversation."""

    def __init__(self) -> None:
        self._running: dict[str, ToolStarted] = {}
        self._announced: set[str] = set()
        self._ended: list[ToolEnded] = []
        self._remarks: list[str] = []

    def record(self, event: ToolStarted | ToolEnded) -> bool:
        """Record that a call began or is over; return whether calls that are over may be shown now.

        Where the user's turn is not over, its question is shown first.
        """
        if isinstance(event, ToolStarted):
            self._running[event.id] = event
            return False
        started = self._running.pop(event.id, None)
        self._announced.discard(event.id)
        ahead = started is not None and started.ahead
        if not (ahead and event.outcome == "cancelled"):  # the user went on, and nothing came of it
            self._ended.append(event)
        return not ahead

    def remark(self, message: str) -> None:
        """Record a notice of a toolset, to be shown with the calls that are over."""
        self._remarks.append(message)

    def lines(self) -> list[tuple[str, bool]]:
        """Return what has not been returned before: a line about each call, and whether it failed."""
        ended, self._ended = self._ended, []
        remarks, self._remarks = self._remarks, []
        return [
            *((about(each), each.outcome in ("failed", "timeout")) for each in ended),
            *((remark, False) for remark in remarks),
        ]

    def begun(self, before: float = inf) -> str:
        """Return which tools run that this has not returned before; empty if there are none.

        Args:
            before: leaves out those that began later.

        Those that began before the user's turn was over are left out: they may be over before its words are
        shown, and much of what begins so is cancelled.
        """
        new = {id: each for id, each in self._running.items() if id not in self._announced}
        begun = {id: each for id, each in new.items() if not each.ahead and each.at <= before}
        self._announced |= set(begun)
        return ", ".join(_named(each.name) for each in begun.values())

    def running(self, now: float) -> str:
        """Return which tools run, and for how long; empty if none does."""
        return ", ".join(
            f"{_named(each.name)} ({took:.0f} s)" if (took := now - each.at) >= NOTICED else _named(each.name)
            for each in self._running.values()
        )


def about(ended: ToolEnded) -> str:
    """Return the line about a call: the tool, how long it ran, what came of it, and how its result begins."""
    took = f" ({ended.seconds:.1f} s)" if ended.seconds >= _MOMENT else ""
    text = printable_words(ended.detail or ended.text) if ended.outcome in _WITH_TEXT else ""
    text = text.removeprefix(_REFUSED)
    longest = _LONGEST if ended.outcome == "done" else _LONGEST_FAILURE
    shown = text if len(text) <= longest else f"{text[:longest].rstrip()}…"
    came = ": ".join(part for part in (_OUTCOMES[ended.outcome], shown) if part)
    return f"{_named(ended.name)}{took}{f': {came}' if came else ''}"


def _named(name: str) -> str:
    return printable_words(name) or "a tool"
