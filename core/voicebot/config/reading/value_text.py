"""What a message calls a value of a config, and how it shows one."""

from __future__ import annotations

import re

from voicebot.config.reading.tree import Items, Keys, Node, Scalar, Section
from voicebot.config.suggestions import joined

_LONGEST = 40
"""Characters of a value that are shown."""
_LOGIN = re.compile(r"(?:(?<=//)|(?<![^/]))[^/@:]*:[^@]*@|(?<=//)[^/@]+@")  # in an address


def value_text(node: Node) -> str:
    """Return a value as a message may show it; one that came from variables is not shown."""
    match node:
        case Section():
            return "a mapping"
        case Items():
            return "a list"
        case Scalar(variables=names) if names:
            return f"the value of {joined('${' + name + '}' for name in dict.fromkeys(names))}"
        case Scalar(value=None):
            return "empty"
        case Scalar(text=text, value=value):
            line = " ".join(map(_without_login, text.split()))
            cut = line if len(line) <= _LONGEST else f"{line[:_LONGEST].rstrip()}..."
            return f"'{cut}'" if isinstance(value, str) else cut


def value_name(path: Keys, owner: str) -> str:
    """Return the name of the value at a path: `voice`, `item 3 of rules`, or its owner at the top."""
    if not path:
        return owner
    last = path[-1]
    if isinstance(last, int):
        return f"item {last + 1} of {value_name(path[:-1], owner)}"
    return last


def _without_login(word: str) -> str:
    """Return a word, of any length, without the user names and passwords in it."""
    before, at, after = word.rpartition("@")
    return _LOGIN.sub("***@", before + at) + after
