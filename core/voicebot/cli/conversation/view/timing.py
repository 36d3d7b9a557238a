"""The timing of a turn, in one line."""

from __future__ import annotations

from voicebot.events import TurnTimed
from voicebot.events.timing import answered_after, turn_parts

_UNNOTICED = 0.005
LONGEST = 2.0
"""Seconds that fill the columns of bars, unless a turn took longer."""


def describe(turn: TurnTimed, advice: str = "", *, parts: bool = True) -> str:
    """Return the line, with advice for a quicker answer; nothing if no answer was heard.

    Args:
        parts: whether it says how long each part took.
    """
    seconds = answered_after(turn)
    if seconds is None:
        return ""
    shown = [f"{name} {part:.2f}" for name, part in turn_parts(turn).items() if part >= _UNNOTICED]
    line = f"answered after {seconds:.2f} s"
    if shown and parts:
        line += f" ({', '.join(shown)})"
    if advice:
        line += f"; {advice}"
    return line + _costs(turn)


def _costs(turn: TurnTimed) -> str:
    if not turn.withdrawn or (turn.input_tokens is None and turn.output_tokens is None):
        return ""  # a chat model that reports no tokens, such as a script, may cost nothing
    return f"; {turn.withdrawn} prepared and discarded, about {turn.wasted_tokens} tokens"
