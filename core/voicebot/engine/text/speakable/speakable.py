"""Makes a model's text suitable for speech: without Markdown, emoji, long addresses and code.

A Markdown parser (markdown-it-py, which rich depends on) was considered and rejected. It reads whole
documents, but a unit may end within a list, a link or bold words, and what is code, a quote or a table
depends on lines that have been spoken already or are not written yet. Importing it also takes tens of
milliseconds. Emoji are recognised by their Unicode category, which Python knows, rather than from a list.
"""

from __future__ import annotations

import re

from voicebot.engine.text.speakable.inline_code import code_spans
from voicebot.engine.text.speakable.symbols import without_symbols
from voicebot.engine.text.speakable.web_addresses import without_long_addresses

_CODE_BLOCK = re.compile(r"(?:[\s>]|[-*+•][ \t]|\d{1,9}[.)][ \t])*(?:`{3,}[^`\n]*(?:\n|\Z)|~{3,})")
_ESCAPE_SEQUENCE = re.compile(r"\x1b(?:\[[0-9;?]{0,30}[A-Za-z]|\][^\x07\x1b]{0,200}(?:\x07|\x1b\\))")
_RULE_CHARACTERS = frozenset(" \t\r|:+=*_-")
_DEFINITION = re.compile(
    r"\s*\[[^\]^\n]{1,100}\]:\s{0,9}<?(?:https?:|www\.|mailto:|[/#.])\S*(?:\s+[\"'(].*)?$"
)
_LINE_START = re.compile(
    r"\s*(?:#{1,6}\s+|>\s*|(?:[-*+]\s+|[•‣◦·▪●○]\s*)(?:\[[ xX]\]\s+)?|\[\^[^\]]{1,50}\]:\s*)+"
)
_LINE_END = re.compile(r"(?:\s#+|(?<!\\)\\)\Z")
_STARS = re.compile(r"\*+")
_UNDERSCORES = re.compile(r"_+")
_MARKS = re.compile(r"`+|~~")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,31}\d{0,2}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_CELLS = re.compile(r" ?\|(?: ?\|)* ?")
_SPACE_BEFORE_MARK = re.compile(r"(?<=\w) (?=[.,](?:\s|$))")


class Speakable:
    """Converts the units of one reply, in order."""

    def convert(self, written: str) -> str:
        """Return what the voice should say for a unit; empty when there is nothing to say."""
        if _CODE_BLOCK.match(written):
            return ""
        text = _ESCAPE_SEQUENCE.sub("", written) if "\x1b" in written else written
        parts = [code if code is not None else _block(plain) for plain, code in code_spans(text)]
        text = "".join(parts)
        if not (text.isascii() and text.isprintable()):
            text = without_symbols(text)
        text = _SPACE_BEFORE_MARK.sub("", " ".join(text.split())).lstrip(", ")
        return text if any(character.isalnum() for character in text) else ""


def _block(text: str) -> str:
    """Return the words of text over one or more lines."""
    if "$" in text or "\\" in text:
        from voicebot.engine.text.speakable.formulas import FORMULA, WORDS, read_formula  # seldom needed

        text = WORDS.sub(r"\1", FORMULA.sub(read_formula, text))
    if "<" in text:
        from voicebot.engine.text.speakable.html_tags import without_tags  # seldom needed

        text = without_tags(text)
    if "\n" not in text:
        return _line(text)
    lines = map(_line, text.split("\n"))
    return "\n".join(line for line in lines if any(map(str.isalnum, line)))


def _line(line: str) -> str:
    if _is_rule(line) or _DEFINITION.match(line):
        return ""
    start = _LINE_START.match(line)
    return _without_markup(line[start.end() :] if start else line)


def _is_rule(line: str) -> bool:
    """Return whether a line is a rule, an underline, or the line between a table's head and body."""
    marks = "".join(line.split())
    return len(marks) >= 3 and _RULE_CHARACTERS.issuperset(marks) and (len(set(marks)) == 1 or "-" in marks)


def _without_markup(text: str) -> str:
    if "[" in text or "【" in text:
        from voicebot.engine.text.speakable.links import without_links  # seldom needed

        text = without_links(text)
    text = without_long_addresses(text)
    text = _STARS.sub(_star, text) if "*" in text else text
    text = _UNDERSCORES.sub(_underscore, text) if "_" in text else text
    text = _MARKS.sub("", _LINE_END.sub("", text))
    text = _ESCAPE.sub(r"\1", text) if "\\" in text else text
    text = _ENTITY.sub(_entity, text) if "&" in text else text
    if "| " in text or " |" in text or text.startswith("|"):
        return _CELLS.sub(", ", " ".join(text.split())).strip(" ,")
    return text


def _star(stars: re.Match[str]) -> str:
    """Keep asterisks that multiply: "5 * 3", "2**8", "a*b"; remove those of emphasis."""
    before, after = _around(stars)
    if before == "\\":
        return stars[0]
    around = before + after
    multiplies = around.isspace() or around.isdigit() or (len(stars[0]) == 1 and around.isalnum())
    return stars[0] if len(around) == 2 and around.isascii() and multiplies else ""


def _underscore(run: re.Match[str]) -> str:
    """Keep underscores within names; remove those of emphasis."""
    before, after = _around(run)
    return run[0] if before == "\\" or (before.isalnum() and after.isalnum()) else ""


def _around(match: re.Match[str]) -> tuple[str, str]:
    text = match.string
    return text[max(0, match.start() - 1) : match.start()], text[match.end() : match.end() + 1]


def _entity(entity: re.Match[str]) -> str:
    from html import unescape  # its table is for the few replies that need it

    return unescape(entity[0])
