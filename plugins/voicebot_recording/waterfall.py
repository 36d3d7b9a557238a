"""The turns of a recording, as lines of a terminal: what was said, and where the time went."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TypeAlias

from voicebot import (
    Prices,
    TurnTimed,
    answered_after,
    printable,
    printable_words,
    report_columns,
    styled,
    turn_bars,
    turn_parts,
    use_by_turn,
    use_line,
)
from voicebot_recording.dialogue import Ending, Entry, Happened, Said, dialogue
from voicebot_recording.reading import Recording

_BESIDE_BARS, _SHORTEST_BAR, _LONGEST_BAR = 50, 5, 30
_INDENT = " " * 9
_ENDINGS: dict[Ending, str] = {
    "interrupted": "[interrupted]",
    "cut off": "[interrupted: it had cut you off]",
    "taken back": "[taken back: you went on]",
}
_COLOURS = {"tool": "cyan", "config": "green", "failure": "red"}

Line: TypeAlias = tuple[str, ...]
"""The parts of a line, some of them with colours, for `voicebot.echo`."""


def waterfall(recording: Recording, prices: Prices) -> Iterator[Line]:
    """Yield the lines of a recording, none wider than the terminal, with colours.

    Args:
        prices: for what each turn cost.
    """
    title = f"{recording.name}, {recording.started:%d %B %Y %H:%M:%S} UTC"
    for line in textwrap.wrap(printable_words(title), report_columns()):
        yield (styled(line, bold=True),)
    entries, events = list(dialogue(recording)), list(recording.events())
    used = {turn.timed: [turn.timed, *turn.used] for turn in use_by_turn(events)}
    longest = max(
        (sum(turn_parts(each).values()) for each in entries if isinstance(each, TurnTimed)), default=0.0
    )
    left_out = "text" in recording.header.get("left_out", ())
    for entry in entries:
        yield from _lines(entry, recording.name, longest, left_out=left_out)
        if isinstance(entry, TurnTimed):
            yield from _indented(use_line(used[entry], prices, brief=True))
        elif isinstance(entry, Happened) and entry.kind == "end":
            yield from _indented(use_line(events, prices))


def _lines(entry: Entry, name: str, longest: float, *, left_out: bool) -> Iterator[Line]:
    match entry:
        case Said(at=at, side=side, ending=ending):
            if side == "user":
                yield ("",)
            words = "[words left out]" if left_out and ending != "taken back" else entry.text
            said = [words, "[typed]" if entry.typed else "", _ENDINGS.get(ending, "")]
            colour = {"cut off": "yellow", "taken back": "yellow"}.get(ending)
            yield from _said(at, "You" if side == "user" else name, " ".join(filter(None, said)), colour)
        case Happened(at, kind, text):
            yield from _said(at, "tool" if kind == "tool" else "", text, _COLOURS.get(kind))
        case TurnTimed():
            yield from _bars(entry, longest)


def _said(at: float, who: str, text: str, colour: str | None) -> Iterator[Line]:
    minutes, seconds = divmod(at, 60)
    first = f"{int(minutes):3}:{seconds:04.1f}  "
    line = f"{who}: {text}" if who else printable(text)
    for number, part in enumerate(
        textwrap.wrap(printable_words(line), report_columns() - len(first)) or [""]
    ):
        yield (" " * len(first) if number else first, styled(part, fg=colour) if colour else part)


def _indented(line: str) -> Iterator[Line]:
    for part in textwrap.wrap(line, report_columns(), initial_indent=_INDENT, subsequent_indent=_INDENT):
        yield (part,)


def _bars(turn: TurnTimed, longest: float) -> Iterator[Line]:
    """Yield a bar for each part of the time until the answer, each beginning where the one before ends.

    A narrow terminal has no room for bars.
    """
    width = min(report_columns() - _BESIDE_BARS, _LONGEST_BAR)
    bars = turn_bars(turn, longest, width=max(width, 1))
    seconds = answered_after(turn)
    prepared = f", prepared {turn.prepared}, discarded {turn.withdrawn}" if turn.withdrawn else ""
    if seconds is not None:
        yield from _indented(f"answered after {seconds:.2f} s{prepared}")
    elif bars:
        yield from _indented(f"no answer was heard{prepared}")
    for each in bars:
        if width < _SHORTEST_BAR:
            yield from _indented(f"{each.part} {each.seconds:.2f} {each.setting}")
            continue
        yield (f"  {each.label} ", styled(each.bar, fg=each.colour), f" {each.setting}")
