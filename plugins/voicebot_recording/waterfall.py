"""The turns of a recording, as lines of a terminal: what was said, and where the time went."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

import click

from voicebot import (
    BotTurnEnded,
    ConversationEnded,
    Prices,
    ProviderFailed,
    ToolEnded,
    TurnTimed,
    UserTurnEnded,
    printable_words,
    turn_parts,
    use_by_turn,
    use_line,
)
from voicebot_recording.reading import Recording

WIDTH = 80
_BAR = 30
_SHORTEST = 0.005
"""Seconds that a part must have taken to be shown."""
_SETTINGS = {
    "waiting for you to finish": ("turns.patience", "yellow"),
    "recogniser": ("recognizer", "magenta"),
    "model": ("chat", "blue"),
    "tools": ("tools", "cyan"),
    "voice": ("synthesizer", "green"),
}
"""What decides how long a part takes, and its colour."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def waterfall(recording: Recording, prices: Prices) -> Iterator[str]:
    """Yield the lines of a recording, none wider than 80 columns, with colours.

    Args:
        prices: for what each turn cost.
    """
    yield click.style(
        printable_words(f"{recording.name}, {recording.started:%d %B %Y %H:%M:%S} UTC"), bold=True
    )
    events = list(recording.events())
    longest = longest_answer(events)
    used = {turn.timed: [turn.timed, *turn.used] for turn in use_by_turn(events)}
    for event in events:
        match event:
            case UserTurnEnded(at, text):
                yield ""
                yield from _said(at, "You", text)
            case BotTurnEnded(at, heard, interrupted) if heard or interrupted:
                yield from _said(at, recording.name, heard + (" [interrupted]" if interrupted else ""))
            case ToolEnded(at, _, name, outcome, seconds=seconds):
                yield from _said(at, "tool", f"{name}: {outcome} after {seconds:.2f} s")
            case ProviderFailed(at, kind, message):
                yield from _said(at, f"{kind} failed", message)
            case TurnTimed() if event.turn:
                yield from bars(event, longest)
                yield from _indented(use_line(used[event], prices, brief=True))
            case ConversationEnded(at, failure, by):
                yield ""
                yield from _said(at, "end", failure or by)
                yield from _indented(use_line(events, prices))
            case _:
                pass


def longest_answer(events: Iterable[object]) -> float:
    """Return the most seconds that an answer took, from the end of its question on."""
    return max(
        (sum(turn_parts(each).values()) for each in events if isinstance(each, TurnTimed)), default=0.0
    )


def _said(at: float, who: str, text: str) -> list[str]:
    minutes, seconds = divmod(at, 60)
    first = f"{int(minutes):3}:{seconds:04.1f}  "
    written = textwrap.wrap(printable_words(f"{who}: {text}"), WIDTH - len(first)) or [f"{who}:"]
    indent = " " * len(first)
    return [first + written[0], *(indent + line for line in written[1:])]


def _indented(line: str) -> list[str]:
    indent = " " * 9
    return textwrap.wrap(line, WIDTH, initial_indent=indent, subsequent_indent=indent)


def bars(turn: TurnTimed, longest: float) -> Iterator[str]:
    """Yield a bar for each part of the time until the answer, each beginning where the one before ends.

    Args:
        longest: seconds that the whole width stands for.
    """
    parts = turn_parts(turn)
    total = sum(parts.values())
    if not total:
        return
    prepared = f", prepared {turn.prepared}, discarded {turn.withdrawn}" if turn.withdrawn else ""
    yield f"         answered after {total:.2f} s{prepared}"
    begin = 0.0
    for name, seconds in parts.items():
        if seconds >= _SHORTEST:
            setting, colour = _SETTINGS.get(name, ("", "white"))
            bar = click.style(_bar(begin / longest, seconds / longest), fg=colour)
            yield f"  {name:<25} {seconds:5.2f} {bar} {setting}"
        begin += seconds


def _bar(begin: float, share: float) -> str:
    """Return a bar of 30 columns, filled from one share of them on, to an eighth of a column."""
    start = min(int(begin * _BAR), _BAR - 1)
    eighths = max(1, round((begin + share) * _BAR * 8) - start * 8)
    full, rest = divmod(min(eighths, (_BAR - start) * 8), 8)
    return (" " * start + "█" * full + (_EIGHTHS[rest] if rest else "")).ljust(_BAR)
