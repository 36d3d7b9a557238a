"""Making what a model writes fit to be spoken: no markdown, no emoji, no long addresses, no code.

A parser of markdown (markdown-it-py, which comes with rich) was weighed and left out. It reads whole
documents, but a unit may end in the middle of a list, a link or bold words, and what is code, a quote or a
table depends on lines that have been spoken already or are not written yet. Importing it takes tens of
milliseconds. As for emoji, Unicode's own categories, which Python has, know them better than a list.
"""

from __future__ import annotations

import re
import unicodedata

from voicebot.engine.formulas import FORMULA, read_formula

_FENCE = re.compile(r"^\s*(?:```[^`]*|~~~.*)$")
_RULE = re.compile(r"^\s*(?:[-*_=+]\s*){3,}$|^[\s|:+=-]*-[\s|:+=-]*$")
_DEFINITION = re.compile(r"^\s*\[[^\]^]+\]:\s*\S+")
_LINE_START = re.compile(r"^\s*(?:#{1,6}\s+|>\s*|[-*+•‣◦·]\s+(?:\[[ xX]\]\s+)?|\[\^[^\]]+\]:\s*)+")
_LINE_END = re.compile(r"\s+#+\s*$")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:|www\.)[^<>\s]+|[^<>\s@]+@[^<>\s@]+)>", re.IGNORECASE)
_IMAGE_OR_LINK = re.compile(r"!?\[([^\]]*)\](?:\((?:[^()\s]|\([^()\s]*\))*(?:\s[^)]*)?\)|\[[^\]]*\])")
_FOOTNOTE = re.compile(r"\s?(?:\[\^[^\]]+\]|\[\d{1,3}\]|【[^】]*】)")
_URL = re.compile(
    r"\b(?:https?://|www\.)(?:[^\s/@]*@)?([^\s/?#)>\]]*[^\s/?#)>\].,;:!'\"])"
    r"(?:[/?#](?:[^\s()<>\]]|\([^\s()]*\))*(?<![.,;:!?'\"*_]))?",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->")
_STARS = re.compile(r"\*+")
_MARKS = re.compile(r"(?<![\w\\])_+|(?<!\\)_+(?!\w)|`+|~~")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_ENTITY = re.compile(r"&(?:[A-Za-z]+\d*|#\d+|#[xX][0-9A-Fa-f]+);")
_CELLS = re.compile(r"\s*\|\s*(?:\|\s*)*")
_ARROW = re.compile(r"\s*[→⇒⟶➜➔]\s*")
_SPACES_BEFORE_MARK = re.compile(r"(?<=\w) +(?=[.,](?:\s|$))")
_SILENT_CATEGORIES = {"So", "Sk", "Cs", "Co", "Cn", "Cc"}
_KEPT_SYMBOLS = "°©®^"
_JOINERS = "\u200c\u200d"
_KEYCAP = "\u20e3"
_SELECTORS = range(0xFE00, 0xFE10)


class Speakable:
    """Converts the units of one reply, in order; what lies between code fences is left out."""

    def __init__(self) -> None:
        self._in_code = False

    def convert(self, written: str) -> str:
        """Return what the voice should say for a unit; empty when there is nothing to say."""
        if _FENCE.match(written):
            self._in_code = not self._in_code
            return ""
        if self._in_code or _RULE.match(written) or _DEFINITION.match(written):
            return ""
        text = _without_markup(_LINE_START.sub("", written))
        if not (text.isascii() and text.isprintable()):
            text = _SPACES_BEFORE_MARK.sub("", _without_symbols(text))
        text = " ".join(text.split())
        return text if any(character.isalnum() for character in text) else ""


def _without_markup(text: str) -> str:
    text = FORMULA.sub(read_formula, text) if "$" in text or "\\" in text else text
    if "[" in text or "<" in text or "【" in text:
        text = _FOOTNOTE.sub("", _IMAGE_OR_LINK.sub(r"\1", _AUTOLINK.sub(r"\1", text)))
    text = _URL.sub(lambda address: address[1].removeprefix("www."), text)
    text = _TAG.sub(" ", text) if "<" in text else text
    text = _STARS.sub(_star, text) if "*" in text else text
    text = _MARKS.sub("", _LINE_END.sub("", text))
    text = _ESCAPE.sub(r"\1", text) if "\\" in text else text
    text = _ENTITY.sub(_entity, text) if "&" in text else text
    return _CELLS.sub(", ", text).strip(" ,") if "|" in text else text


def _star(stars: re.Match[str]) -> str:
    """Keep the stars that multiply: "5 * 3", "2**8", "a*b"; take out those that emphasise."""
    around = stars.string[max(0, stars.start() - 1) : stars.start()] + stars.string[stars.end() :][:1]
    if around.startswith("\\"):
        return stars[0]
    multiplies = around.isspace() or around.isdigit() or (len(stars[0]) == 1 and around.isalnum())
    return stars[0] if len(around) == 2 and around.isascii() and multiplies else ""


def _entity(entity: re.Match[str]) -> str:
    from html import unescape  # its table is for the few replies that need it

    return unescape(entity[0])


def _without_symbols(text: str) -> str:
    """Take out emoji and controls, and what Unicode puts between letters for the eye alone."""
    text = _ARROW.sub(", ", text)
    return "".join(_heard(text, index) for index in range(len(text)))


def _heard(text: str, index: int) -> str:
    """Return what is left of one character."""
    character = text[index]
    if character.isascii():
        return character if character.isprintable() else " "
    if character in _JOINERS:  # Persian and Indian scripts need them within words
        return character if text[index - 1 : index].isalpha() or _is_mark(text[index - 1 : index]) else ""
    if character == _KEYCAP or ord(character) in _SELECTORS:
        return ""
    category = unicodedata.category(character)
    if category == "Cf":
        return " " if character == "\u200b" else ""
    if category not in _SILENT_CATEGORIES or character in _KEPT_SYMBOLS:
        return character
    return character if category == "So" and unicodedata.decomposition(character) else " "  # ™, №, ℃


def _is_mark(character: str) -> bool:
    return bool(character) and unicodedata.category(character).startswith("M")
