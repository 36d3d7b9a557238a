"""Names in `allow` that do not exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from voicebot import Advice


def unknown_names(allow: Iterable[str], known: Iterable[str]) -> Iterator[Advice]:
    """Yield an error for each name in `allow` that is not known."""
    known = tuple(known)
    for name in allow:
        if name not in known:
            yield Advice("allow", unknown_name(name, known), "error")


def unknown_name(name: str, known: Iterable[str]) -> str:
    """Return that there is no such tool, and what may have been meant."""
    known = sorted(known)
    near = get_close_matches(name, known, n=1)
    advice = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(known) or 'none'}"
    return f"there is no tool called '{name}'; {advice}"
