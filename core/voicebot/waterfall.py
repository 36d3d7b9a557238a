"""Where the time of a turn went, as bars for a terminal that follow one another."""

from __future__ import annotations

from voicebot.dataclass import dataclass
from voicebot.events.timing import (
    MODEL,
    PART_SETTINGS,
    RECOGNISER,
    TOOLS,
    VOICE,
    WAITING,
    TurnTimed,
    turn_parts,
)

_COLOURS = {WAITING: "yellow", RECOGNISER: "magenta", MODEL: "blue", TOOLS: "cyan", VOICE: "green"}
_SHORTEST = 0.005
"""Seconds that a part must have taken to have a bar, unless it is the longest."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"


@dataclass(frozen=True, slots=True)
class TurnBar:
    """A part of the time until an answer, with a bar that begins where the bar before ends.

    `part` is one of the names of `turn_parts`, which took `seconds`; `setting` is the section or setting of
    the config that decides how long it takes. `bar` fills its columns with spaces. `colour` is the name of
    one, as `click.style` and Rich take it.
    """

    part: str
    seconds: float
    setting: str
    colour: str
    bar: str

    @property
    def label(self) -> str:
        """What is shown before the bar: the part and its seconds, in 31 columns."""
        return f"{self.part:<25} {self.seconds:5.2f}"


def turn_bars(turn: TurnTimed, longest: float = 0.0, *, width: int = 30) -> list[TurnBar]:
    """Return a bar for each part of a turn that took time; of a turn answered at once, for the longest.

    Args:
        longest: seconds that fill all columns; the turn's own, if it took longer.
        width: columns of each bar.
    """
    parts = turn_parts(turn)
    whole = max(longest, sum(parts.values()))
    shortest = min(_SHORTEST, max(parts.values(), default=0.0))
    bars, begin = [], 0.0
    for part, seconds in parts.items():
        if seconds >= shortest and seconds > 0:
            bar = _bar(begin / whole, seconds / whole, width)
            bars.append(TurnBar(part, seconds, PART_SETTINGS[part], _COLOURS[part], bar))
        begin += seconds
    return bars


def _bar(begin: float, share: float, width: int) -> str:
    """Return a bar that is filled from one share of its columns on, to an eighth of a column."""
    start = min(int(begin * width), width - 1)
    eighths = max(1, round((begin + share) * width * 8) - start * 8)
    full, rest = divmod(min(eighths, (width - start) * 8), 8)
    return (" " * start + "█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)
