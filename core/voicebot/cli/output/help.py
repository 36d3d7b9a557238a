"""Help texts that fit the terminal, however narrow."""

from __future__ import annotations

import shutil
from collections.abc import Iterable

import click

_WIDEST, _NARROWEST = 78, 18
_NARROW = 60
"""Columns below which an option's help is below the option, not beside it."""


class Formatter(click.HelpFormatter):
    """Formats help for less than the 50 columns that click needs."""

    def __init__(
        self, indent_increment: int = 2, width: int | None = None, max_width: int | None = None
    ) -> None:
        if width is None:
            columns = shutil.get_terminal_size().columns - 2
            width = max(_NARROWEST, min(columns, max_width or _WIDEST))
        super().__init__(indent_increment, width)

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a definition list."""
        super().write_dl(rows, col_max if self.width >= _NARROW else self.width // 5, col_spacing)


class Context(click.Context):
    """Formats help with `Formatter`."""

    formatter_class = Formatter
