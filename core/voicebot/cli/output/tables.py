"""Tables: with rich on a terminal, in plain columns elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from voicebot.cli.output.printing import columns as columns_of_terminal
from voicebot.cli.output.printing import console, echo, is_terminal, styled
from voicebot.cli.output.wrapping import echo_wrapped
from voicebot.plain_text import printable

_NARROW = 16
"""Columns that a cell with many words needs to be readable."""
_BETWEEN = 2


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table to stdout; if its columns do not fit, write the cells of each row below each other."""
    rows = [[printable(cell) for cell in row] for row in rows]
    if is_terminal():
        if _fits(columns, rows):
            _show_rich(columns, rows)
        else:
            _show_one_by_one(columns, rows)
        return
    lines = [[column.upper() for column in columns], *rows]
    widths = [max(len(line[number]) for line in lines) for number in range(len(columns))]
    for line in lines:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        echo("  ".join(padded).rstrip())


def _fits(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Return whether every column has room for its longest word, and for a few words."""
    needed = 0
    for number, column in enumerate(columns):
        cells = [column, *(row[number] for row in rows)]
        widest = max(map(len, cells))
        word = max((len(word) for cell in cells for word in cell.split()), default=0)
        needed += widest if number == 0 else min(widest, max(word, _NARROW))
    return needed + _BETWEEN * (len(columns) - 1) <= (columns_of_terminal() or needed)


def _show_one_by_one(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for row in rows:
        echo(styled(row[0], fg="cyan"))
        for column, cell in zip(columns[1:], row[1:], strict=True):
            if cell:
                echo_wrapped(f"{column}: {cell}" if column else cell, indent=2)


def _show_rich(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        first = number == 0  # so that it can be copied
        table.add_column(column, style="cyan" if first else "", overflow="fold", no_wrap=first)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console().print(table)
