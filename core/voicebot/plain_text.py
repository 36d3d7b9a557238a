"""Making text printable: nothing in it can move the cursor, reorder a line or be invisible.

Text from models, servers, plugins, files and file names passes through here before it reaches a terminal, a
log or a transcript. Legitimate characters are kept: flags, and joiners within emoji, Persian or Indic words.
"""

from __future__ import annotations

import json
import re
from typing import Any
from unicodedata import bidirectional

_BREAKS = "\n\v\f\r\x1c-\x1e\x85\u2028\u2029"
_BREAK = re.compile(f"\r\n|[{_BREAKS}]")
_BREAK_OR_TAB = re.compile(f"\r\n|[\t{_BREAKS}]")
_UNPRINTABLE = re.compile(
    # Legitimate: a flag such as Scotland's, one joiner after what is neither ASCII nor punctuation, and signs
    # of Arabic, Syriac and Kaithi that are visible although Unicode calls them format characters.
    "(?P<legitimate>\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
    "|(?<=[^\x00-\xa0\u2000-\u206f])[\u200c\u200d]"
    "|[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd])"
    "|(?P<mark>[\u061c\u200e\u200f\u2066-\u2069])"
    "|(?P<lone>[\ud800-\udfff])"
    "|[\x00-\x1f\x7f-\x9f\xad\u180e\u200b-\u200d\u2028-\u202e\u2060-\u2065\u206a-\u206f"
    "\ufeff\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
_RIGHT_TO_LEFT = {"R", "AL"}
_REPLACEMENT = "\ufffd"
_PICTURES = 0x2400  # of the control characters, in their order
_DELETE, _PICTURE_OF_DELETE = "\x7f", "\u2421"


def printable(text: str) -> str:
    """Return a text on one line, with `␛`, `<U+202E>` or `�` in place of what cannot be printed.

    Line breaks and tabs become spaces. Direction marks are removed from a text with right-to-left letters,
    which reads the same without them.
    """
    return text if text.isprintable() else _shown(_BREAK_OR_TAB.sub(" ", text))


def printable_lines(text: str) -> str:
    """Return a text like `printable`, but keep its tabs and line breaks; each break becomes a line feed."""
    if text.isprintable():
        return text
    lines = ("\t".join(map(_shown, line.split("\t"))) for line in _BREAK.sub("\n", text).split("\n"))
    return "\n".join(lines)


def printable_words(text: str) -> str:
    """Return spoken words on one line, separated by single spaces, without what cannot be printed."""
    if not text.isprintable():
        text = _UNPRINTABLE.sub(_left_out, _BREAK_OR_TAB.sub(" ", text))
    return " ".join(text.split())


def printable_json(document: Any, *, indent: int | None = None, ascii_only: bool = False) -> str:
    """Return a document as JSON, with what cannot be printed escaped, so that nothing is lost."""
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    return "".join(c if c.isprintable() or c == "\n" else _escaped(c) for c in text)


def _shown(text: str) -> str:
    if text.isprintable():
        return text
    rightwards = not any(bidirectional(c) in _RIGHT_TO_LEFT for c in text)

    def show(found: re.Match[str]) -> str:
        character = found[0]
        match found.lastgroup:
            case "legitimate":
                return character
            case "mark" if not rightwards:
                return ""
            case "lone":
                return _REPLACEMENT
        if character < " ":
            return chr(_PICTURES + ord(character))
        return _PICTURE_OF_DELETE if character == _DELETE else f"<U+{ord(character):04X}>"

    return _UNPRINTABLE.sub(show, text)


def _left_out(found: re.Match[str]) -> str:
    if found.lastgroup == "legitimate":
        return found[0]
    return _REPLACEMENT if found.lastgroup == "lone" else ""


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
