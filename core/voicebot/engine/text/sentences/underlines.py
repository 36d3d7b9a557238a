"""Lines that are drawn below a line of text and belong to it: below a heading, a table's head, a box."""

from __future__ import annotations

import re

_UNDERLINE = re.compile(r"[ \t]{0,3}(?:=+|-{2,}|[└╰╚┗][─━═┴┻╩╧┘╯╝┛]*)[ \t\r]*")
_MAYBE_UNDERLINE = re.compile(r"[ \t]{0,3}-?\Z")
_TABLE_RULE = re.compile(r"[ \t]{0,3}\|[|:+\- \t]*")
_LONGEST = 200


def underline_end(text: str, start: int, *, final: bool) -> int | None:
    """Return the end of the line that underlines the one before; None if only more text would tell.

    Args:
        start: where the line begins; returned if it does not underline anything.
        final: whether no more text will come.
    """
    if start == len(text) and final:
        return start
    if _MAYBE_UNDERLINE.match(text, start):
        return None
    line = _UNDERLINE.match(text, start, start + _LONGEST) or _TABLE_RULE.match(text, start, start + _LONGEST)
    if line is None:
        return start
    if line.end() == len(text):
        return None
    ends_line = text[line.end()] == "\n" and re.search("[^ \t|:]", line.group())
    return line.end() if ends_line else start
