"""Suggesting the name that was probably meant, and listing names in a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import PurePath


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that was probably meant."""
    by_lower = {other.lower(): other for other in sorted(known)}
    close = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else None


def nearest_file(name: str, known: Iterable[str]) -> str | None:
    """Return the known file name that was probably meant; suffixes do not count."""
    by_stem = {PurePath(file).stem: file for file in sorted(known)}
    stem = nearest(PurePath(name).stem, by_stem)
    return by_stem[stem] if stem else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?`, or nothing if no known name is close."""
    meant = nearest(name, known)
    return f"; did you mean '{meant}'?" if meant else ""


def joined(names: Iterable[str], last: str = "and") -> str:
    """Return names in one phrase: `a, b and c`."""
    *first, final = list(names)
    return f"{', '.join(first)} {last} {final}" if first else final
