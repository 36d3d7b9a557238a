"""Pieces of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

NOTE = (
    "<!-- Written by `python docs/generate.py` from the code; change the docstrings there, not this page. -->"
)


def joined(*blocks: str) -> str:
    """Return blocks as a page, with an empty line between two."""
    return "\n\n".join([NOTE, *(block.strip("\n") for block in blocks if block.strip())]) + "\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a cell is one line."""
    lines = [columns, ["---"] * len(columns), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(text: str) -> str:
    """Return a text as code within a line."""
    return f"`{text}`" if text else ""


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
