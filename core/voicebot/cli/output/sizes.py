"""Sizes of files, for people."""

from __future__ import annotations

_UNITS = ("kB", "MB", "GB", "TB")


def size_text(size: int | None) -> str:
    """Return a number of bytes as a text, such as `78 MB` or `1.5 GB`; empty if it is not known."""
    if size is None:
        return ""
    amount, unit = size / 1000, 0
    while round(amount) >= 1000 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.1f} {_UNITS[unit]}" if amount < 10 and unit > 1 else f"{amount:.0f} {_UNITS[unit]}"
