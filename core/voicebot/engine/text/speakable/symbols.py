"""Characters that are only for the eye: emoji, control characters, direction marks."""

from __future__ import annotations

import re
import unicodedata

_ARROW = re.compile(r" ?[→⇒⟶➜➔] ?")
_SILENT_CATEGORIES = {"So", "Sk", "Cs", "Co", "Cn", "Cc"}
_KEPT_SYMBOLS = "°©®^"
_JOINERS = "\u200c\u200d"
_KEYCAP = "\u20e3"


def without_symbols(text: str) -> str:
    """Remove emoji, control characters, and what only affects how letters look."""
    text = _ARROW.sub(", ", text)
    return "".join(_spoken(text, index) for index in range(len(text)))


def _spoken(text: str, index: int) -> str:
    """Return what is left of the character at `index`."""
    character = text[index]
    if character.isascii():
        return character if character.isprintable() else " "
    if character in _JOINERS:  # within words of Persian and Indian scripts they matter
        return (
            character
            if _is_letter(text[index - 1 : index]) and _is_letter(text[index + 1 : index + 2])
            else ""
        )
    if character == _KEYCAP or _is_selector(character):
        return ""
    category = unicodedata.category(character)
    if category == "Cf":
        return " " if character == "\u200b" else ""
    if category not in _SILENT_CATEGORIES or character in _KEPT_SYMBOLS:
        return character
    return character if category == "So" and unicodedata.decomposition(character) else " "  # ™, №, ℃


def _is_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _is_letter(character: str) -> bool:
    if not character or _is_selector(character):
        return False
    return character.isalpha() or unicodedata.category(character).startswith("M")
