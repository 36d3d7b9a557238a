"""The wording of problems: suggestions, lists of names, and values as they may be shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import PurePath

from voicebot.config.reading.tree import Items, Keys, Node, Scalar, Section

_SHOWN = 40
_LOGIN = re.compile(r"(?:(?<=//)|(?<![^/]))[^/@:]*:[^@]*@|(?<=//)[^/@]+@")  # in an address


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that was probably meant."""
    by_lower = {other.lower(): other for other in sorted(known)}
    close = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else None


def nearest_file(name: str, known: Iterable[str]) -> str | None:
    """Return the known file name that was probably meant, whatever the suffix, which all have in common."""
    by_stem = {PurePath(file).stem: file for file in sorted(known)}
    stem = nearest(PurePath(name).stem, by_stem)
    return by_stem[stem] if stem else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?`, or nothing where no known name is near."""
    meant = nearest(name, known)
    return f"; did you mean '{meant}'?" if meant else ""


def listed(names: Iterable[str], last: str = "and") -> str:
    """Return names as a person lists them: `a, b and c`."""
    *first, final = list(names)
    return f"{', '.join(first)} {last} {final}" if first else final


def shown(node: Node) -> str:
    """Return a value as a message may show it; one that came from variables stays unseen."""
    match node:
        case Section():
            return "a mapping"
        case Items():
            return "a list"
        case Scalar(variables=names) if names:
            return f"the value of {listed('${' + name + '}' for name in dict.fromkeys(names))}"
        case Scalar(value=None):
            return "empty"
        case Scalar(text=text, value=value):
            line = " ".join(map(_without_login, text.split()))
            cut = line if len(line) <= _SHOWN else f"{line[:_SHOWN].rstrip()}..."
            return f"'{cut}'" if isinstance(value, str) else cut


def called(path: Keys, owner: str) -> str:
    """Return what to call the value at a path: `voice`, `item 3 of rules`, or its owner at the very top."""
    if not path:
        return owner
    last = path[-1]
    if isinstance(last, int):
        return f"item {last + 1} of {called(path[:-1], owner)}"
    return last


def _without_login(word: str) -> str:
    """Return a word, which may be of any length, without the user names and passwords in it."""
    before, at, after = word.rpartition("@")
    return _LOGIN.sub("***@", before + at) + after
