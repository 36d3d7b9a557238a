"""Blocks of code between fences, as models write them: where they begin and end."""

from __future__ import annotations

import re
from typing import Literal

_CONTAINERS = r"(?:[ \t]|>|[-*+•][ \t]|\d{1,9}[.)][ \t])*"
_BEFORE = re.compile(_CONTAINERS)
_FENCE = re.compile(r"(?P<run>`{3,40}|~{3,40})(?P<info>[^\n`]*)")
_INFO_ALONE = re.compile(r"[\w+#.-]*(?:[ \t]*\{[^}\n]*\})?[ \t\r]*")
_QUOTED = re.compile(r"[ \t]*>")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])[ \t]")
_INFO_WORD = re.compile(r"[a-z][\w+#-]*")
_NESTING = frozenset("md markdown mdx".split())
_LONGEST_INFO = 200
_LONGEST_LINE = 1000
_TAIL = 32
_PARAGRAPHS = re.compile(r"\n[ \t\r]*\n")
_PROSE = re.compile(r"\s*[^\W\d_a-z]\w*[,:]?(?:\s+[^\s{}=;<>|\\()\[\]]+){2,}(?<=[.!?:…。！？])\s*")


def prose_after(block: str) -> int:
    """Return where text begins again in a block without an end: at paragraphs of whole sentences."""
    begin = len(block)
    for gap in reversed(list(_PARAGRAPHS.finditer(block))):
        if not _PROSE.fullmatch(block, gap.end(), begin):
            break
        begin = gap.start()
    return begin


class CodeBlock:
    """A block of code that has begun, which takes text until its end."""

    def __init__(
        self, opening: str, run: str, info: str, *, alone: bool, quoted: bool, indented: bool
    ) -> None:
        self.alone = alone
        """Whether its line has no other text."""
        self.size = len(opening)
        """Characters of its first line."""
        self._parts = [opening]
        self._run = run
        self._depth = 1
        self._nests = info.strip().lower() in _NESTING
        self._quoted = quoted
        self._indented = indented
        self._mid_line = False
        run_of = re.escape(run[0]) + "{" + str(len(run)) + ",}"
        self._closing = re.compile(rf"(?:[ \t]|>)*({run_of})")
        self._closing_within = re.compile(rf"(?<=\S)({run_of})(?=[ \t\r]*$|[.,;:!?)])")
        self._closing_before_words = re.compile(rf"[^`]*[^\s\"'`]({run_of})(?=[ \t]+[^\W\d_]{{2}})")

    @property
    def text(self) -> str:
        """The text that was taken, including the fences."""
        return "".join(self._parts)

    def take(self, text: str, *, final: bool) -> tuple[int, bool]:
        """Take as much of `text` as is certain; return how much that is, and whether the block is over."""
        at = 0
        while at < len(text):
            end = text.find("\n", at)
            whole = end >= 0
            line = text[at : end if whole else len(text)]
            if not self._mid_line:
                over = self._over(line, whole=whole or final)
                if over is None:
                    return at, False
                if over >= 0:
                    self._parts.append(text[at : at + over])
                    return at + over, True
            if not (whole or final):
                if len(line) > _LONGEST_LINE:
                    kept = len(line) - _TAIL
                    self._parts.append(line[:kept])
                    self._mid_line = True
                    return at + kept, False
                return at, False
            if within := self._within(line):
                self._parts.append(line[: within.end(1)])
                return at + within.end(1), True
            self._parts.append(text[at : end + 1] if whole else line)
            self._mid_line = False
            at = end + 1 if whole else len(text)
        return at, False

    def _within(self, line: str) -> re.Match[str] | None:
        if self._run[0] != "`":
            return None
        return self._closing_within.search(line) or self._closing_before_words.match(line)

    def _over(self, line: str, *, whole: bool) -> int | None:
        """Return how much of a line ends the block; -1 for none of it, None if only more text would tell."""
        stripped = line.strip()
        if self._quoted and stripped and not _QUOTED.match(line):
            return 0
        if self._indented and _ITEM.match(line):
            return 0
        closing = self._closing.match(line)
        if closing is None:
            return -1
        end = closing.end()
        if end == len(line) and not whole:
            return None
        info = _INFO_WORD.match(line, end)
        if info and info.end() == len(line.rstrip()):  # as in ```python: it opens another
            self._depth += self._nests and whole
            return -1
        if not whole and (self._depth > 1 or not line[end:].strip()):
            return None
        self._depth -= 1
        return -1 if self._depth else end


def fence_at(text: str, at: int, line: int | None, *, final: bool) -> CodeBlock | Literal[False] | None:
    """Return the block of code that the backticks or tildes at `at` begin.

    Args:
        line: where their line begins; None if that was cut off.

    Returns:
        The block, which has taken its first line; False if there is none; None if only more text would tell.
    """
    fence = _FENCE.match(text, at)
    if fence is None:
        short = text[at : at + 3]
        return None if len(text) < at + 3 and short == text[at] * len(short) and not final else False
    before = text[line:at] if line is not None else "x"
    alone = _BEFORE.fullmatch(before) is not None
    end, info = fence.end(), fence["info"]
    if len(info) >= _LONGEST_INFO or not (alone or (text[at] == "`" and _INFO_ALONE.fullmatch(info))):
        return False
    if end == len(text):
        return None
    if text[end] != "\n":
        return False
    indented = alone and len(before) > 1 and ">" not in before
    opening = text[: end + 1] if alone else text[at : end + 1]
    return CodeBlock(opening, fence["run"], info, alone=alone, quoted=">" in before, indented=indented)
