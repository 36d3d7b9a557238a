"""Making what a model writes fit to be spoken: no markdown, no emoji, no long addresses, no code."""

from __future__ import annotations

import re
import unicodedata

_FENCE = re.compile(r"^\s*(```|~~~)")
_IMAGE_OR_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s[^)]*)?\)")
_URL = re.compile(r"\b(?:https?://|www\.)([^\s/?#)>\]]+)[^\s)>\]]*", re.IGNORECASE)
_LINE_START = re.compile(r"^\s*(?:#{1,6}\s+|>\s*|[-*+•]\s+)+")
_RULE = re.compile(r"^\s*(?:[-*_=]\s*){3,}$|^[\s|:-]*-[\s|:-]*$")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_MARKS = re.compile(r"\*+|(?<!\w)_+|_+(?!\w)|`+|~~")
_SILENT_CATEGORIES = {"So", "Sk", "Cs", "Co", "Cn", "Cf", "Cc"}
_KEPT_SYMBOLS = "°©®™^"


class Speakable:
    """Converts the units of one reply, in order; what lies between code fences is left out."""

    def __init__(self) -> None:
        self._in_code = False

    def convert(self, written: str) -> str:
        """Return what the voice should say for a unit; empty when there is nothing to say."""
        if _FENCE.match(written):
            self._in_code = not self._in_code
            return ""
        if self._in_code or _RULE.match(written):
            return ""
        text = _LINE_START.sub("", written)
        text = _IMAGE_OR_LINK.sub(r"\1", text)
        text = _URL.sub(lambda match: match.group(1).removeprefix("www."), text)
        text = _MARKS.sub("", _TAG.sub(" ", text))
        text = text.replace("|", ", ").strip(" ,") if "|" in text else text
        if not (text.isascii() and text.isprintable()):
            text = "".join(" " if _is_silent(character) else character for character in text)
        text = " ".join(text.split())
        return text if any(character.isalnum() for character in text) else ""


def _is_silent(character: str) -> bool:
    if character.isascii():
        return not character.isprintable()
    silent = unicodedata.category(character) in _SILENT_CATEGORIES or character == "\ufe0f"
    return silent and character not in _KEPT_SYMBOLS
