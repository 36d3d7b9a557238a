"""Code within a line, which is spoken as it is written, and code over several lines, which is not."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BACKTICKS = re.compile(r"`+")
_TAG_BRACKETS = re.compile(r"[<>]")


def code_spans(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield a text in parts: (text, None) outside code, ("", what to say) for code."""
    if "`" not in text:
        yield text, None
        return
    runs = list(_BACKTICKS.finditer(text))
    next_of: dict[int, int] = {}
    partner: list[int | None] = [None] * len(runs)
    for index in range(len(runs) - 1, -1, -1):
        size = len(runs[index].group())
        partner[index] = next_of.get(size)
        next_of[size] = index
    start, index = 0, 0
    while index < len(runs):
        closing = partner[index]
        if closing is None or text[runs[index].start() - 1 : runs[index].start()] == "\\":
            index += 1
            continue
        yield text[start : runs[index].start()], None
        yield "", _said(text[runs[index].end() : runs[closing].start()], fenced=len(runs[index].group()) > 2)
        start, index = runs[closing].end(), closing + 1
    yield text[start:], None


def _said(code: str, *, fenced: bool) -> str:
    """Return how to speak code: everything except the brackets of tags, and nothing of a block."""
    if fenced and "\n" in code:
        return " "
    is_tag = "</" in code or code.startswith("<")
    return _TAG_BRACKETS.sub(" ", code) if is_tag else code
