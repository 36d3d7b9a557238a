"""A comparison as lines of a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import click

from voicebot import printable_words, report_columns
from voicebot_replay.comparison import Figures, TurnPair, figures, pairs
from voicebot_replay.engine import Replayed, ReplayedTurn

_NAME, _SHORTEST_NAME = 30, 22
_RULES = {
    "recognizer": "transcripts, by the words known at that time",
    "chat": "replies, by the one to the words most alike",
    "synthesizer": "texts, by sound as long as others of that size have",
    "tools": "calls, by another result of the same tool",
}
"""What stands in for answers that were not recorded."""


def comparison_lines(replayed: Replayed) -> Iterator[str]:
    """Yield the turns, the figures and what was not recorded, none wider than the terminal."""
    for pair in pairs(replayed):
        yield from _turn(pair)
    yield ""
    yield from _table(figures(replayed.recorded), figures(replayed.turns))
    if replayed.unrecorded:
        yield ""
        yield from _wrapped("not asked then, and so answered by a rule:")
        for kind, count in replayed.unrecorded.items():
            yield from _wrapped(f"{_RULES[kind]}: {count}", indent=2)
    if replayed.failure:
        yield from _wrapped(f"the conversation could not go on: {printable_words(replayed.failure)}")


def _wrapped(text: str, *, indent: int = 0) -> list[str]:
    first, rest = " " * indent, " " * 2 * indent
    return textwrap.wrap(text, report_columns(), initial_indent=first, subsequent_indent=rest)


def _turn(pair: TurnPair) -> Iterator[str]:
    turn = pair.now or pair.then
    assert turn is not None
    mark, colour = (" ", None) if pair.then and pair.now else ("+", "green") if pair.now else ("-", "red")
    said = _said(mark, turn)
    yield from (click.style(line, fg=colour) for line in said)
    if pair.then is None or pair.now is None:
        yield from _what(f"{'now' if pair.now else 'then'}:", turn)
    elif pair.differs:
        yield from _what("then:", pair.then)
        yield from _what(" now:", pair.now)
    else:
        yield from _what("same:", pair.now)


def _said(mark: str, turn: ReplayedTurn) -> list[str]:
    minutes, seconds = divmod(turn.decided, 60)
    first = f"{mark} {int(minutes):3}:{seconds:04.1f}  "
    written = textwrap.wrap(printable_words(f"You: {turn.words}"), report_columns() - len(first)) or ["You:"]
    return [first + written[0], *(" " * len(first) + line for line in written[1:])]


def _what(when: str, turn: ReplayedTurn) -> list[str]:
    found = []
    if turn.cut_off:
        found.append("CUTS YOU OFF")
    after = turn.answered_after
    found.append("no answer heard" if after is None else f"answered after {after:.2f} s")
    if turn.waited is not None:
        found.append(f"waited {turn.waited:.2f} s")
    if turn.interrupted:
        found.append("interrupted")
    if turn.withdrawn:
        found.append(f"discarded {turn.withdrawn} of {turn.prepared}, {turn.wasted_tokens} tokens wasted")
    if turn.tools:
        found.append(f"called {', '.join(printable_words(tool.name) for tool in turn.tools)}")
    first = f"           {when} "
    lines = textwrap.wrap(", ".join(found), report_columns() - len(first)) or [""]
    shown = [first + lines[0], *(" " * len(first) + line for line in lines[1:])]
    return [click.style(line, fg="yellow" if turn.cut_off else None) for line in shown]


def _table(then: Figures, now: Figures) -> Iterator[str]:
    room = min(report_columns() - 18, _NAME)
    beside = room >= _SHORTEST_NAME
    if beside:
        yield f"{'':<{room}}{'then':>9}{'now':>9}"
    rows: list[tuple[str, object, object]] = [
        ("turns", then.turns, now.turns),
        ("cut off", then.cut_off, now.cut_off),
        ("interrupted by you", then.interrupted, now.interrupted),
        ("answered after, median", _seconds(then.answered_after), _seconds(now.answered_after)),
        ("replies discarded", then.withdrawn, now.withdrawn),
        ("tokens wasted, about", then.wasted_tokens, now.wasted_tokens),
        ("tools called", then.tools, now.tools),
    ]
    for name, before, after in rows:
        if beside:
            lines = [f"{name:<{room}}{before!s:>9}{after!s:>9}"]
        else:
            lines = _wrapped(f"{name}: then {before}, now {after}")
        for line in lines:
            yield click.style(line, bold=True) if before != after else line


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.2f} s"
