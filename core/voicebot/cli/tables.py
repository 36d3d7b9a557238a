"""Tables: with rich where a person looks, in plain columns where they are piped."""

from __future__ import annotations

from collections.abc import Sequence

from voicebot.cli.output import console, echo, is_terminal
from voicebot.plaintext import printable


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write rows under their columns to stdout."""
    rows = [[printable(cell) for cell in row] for row in rows]
    if is_terminal():
        _show_rich(columns, rows)
        return
    lines = [[column.upper() for column in columns], *rows]
    widths = [max(len(line[number]) for line in lines) for number in range(len(columns))]
    for line in lines:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        echo("  ".join(padded).rstrip())


def _show_rich(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        first = number == 0  # what is to be copied stays whole
        table.add_column(column, style="cyan" if first else "", overflow="fold", no_wrap=first)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console().print(table)
