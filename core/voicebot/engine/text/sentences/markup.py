"""Where a link, a tag, inline code or a formula ends, within which nothing is cut.

It may not have been written in full yet, or may never be closed, so the wait for its end is limited.
"""

from __future__ import annotations

import re

MARKUP = "<[【$\\`"
"""Characters that may begin markup."""
_LINK_TEXT = re.compile(r"\[(?:[^\[\]\n]|\[[^\[\]\n]{0,200}\]){0,400}")
_OPEN_BRACKET = re.compile(r"\[[^\[\]\n]{0,200}\Z|\([^()\s]{0,200}\Z")
_LINK_TARGET = re.compile(r"\((?:[^()\s]|\([^()\s]{0,200}\)){0,1500}(?:[ \t]+[^()\n]{0,200})?")
_REFERENCE = re.compile(r"\[[^\[\]\n]{0,100}")
_CITATION = re.compile(r"【[^】\n]{0,200}")
_TAG = re.compile(r"""</?[A-Za-z](?:[^<>"'\n]|"[^"<>\n]*"|'[^'<>\n]*'){0,500}""")
_OPEN_QUOTE = re.compile(r"""["'][^"'<>\n]{0,300}\Z""")
_SENTENCE_END = re.compile(r"[.!?]\s")
_ATTRIBUTE = re.compile(r"""["'=]""")
_COMMENT_END = re.compile(r"-->")
_BACKTICKS = re.compile(r"`+")
_MATH_END = re.compile(r"(?<![\s\\])\$|\$\$|\n|[.!?]\s")
_BLOCK_END = {"$$": re.compile(r"\$\$|[.!?]\s+[A-Z]|\n\s*\n"), "\\[": re.compile(r"\\\]|\n\s*\n")}
_ENVIRONMENT = "\\begin{"
_ENVIRONMENT_END = re.compile(r"\\end\{[a-zA-Z]{1,20}\*?\}|\n\s*\n")
_BLOCK_END["\\("] = re.compile(r"\\\)|\n\s*\n")
_LONGEST_COMMENT = 1000
_LONGEST_BLOCK = 1000
_LONGEST_FORMULA = 200
_LONGEST_CODE = 400


def markup_end(text: str, at: int, *, final: bool) -> int | None:
    """Return where the markup that begins at `at` ends.

    Args:
        final: whether no more text will come.

    Returns:
        `at` itself if it is not markup; None if only more text would tell.
    """
    end = _ENDS[text[at]](text, at, final)
    return at if end is None and final else end


def _bracket_end(text: str, at: int, final: bool) -> int | None:
    words = _LINK_TEXT.match(text, at)
    assert words is not None
    end = words.end()
    if end == len(text) or _OPEN_BRACKET.match(text, end):
        return None
    if text[end] != "]":
        return at
    end += 1
    if end == len(text):
        return end if final else None
    target = {"(": _LINK_TARGET, "[": _REFERENCE}.get(text[end])
    if target is None:
        return end
    rest = target.match(text, end)
    assert rest is not None
    if rest.end() == len(text) or _OPEN_BRACKET.match(text, rest.end()):
        return end if final else None
    return rest.end() + 1 if text[rest.end()] in ")]" else end


def _citation_end(text: str, at: int, final: bool) -> int | None:
    match = _CITATION.match(text, at)
    assert match is not None
    if match.end() == len(text):
        return None
    return match.end() + 1 if text[match.end()] == "】" else at


def _tag_end(text: str, at: int, final: bool) -> int | None:
    if "<!--".startswith(text[at : at + 4]) and len(text) < at + 4 and len(text) > at + 1:
        return None
    if text.startswith("<!--", at):
        return _closed(text, at, at + 4, _COMMENT_END, _LONGEST_COMMENT)
    if len(text) == at + 1 or (text[at + 1] == "/" and len(text) == at + 2):
        return None
    match = _TAG.match(text, at)
    if match is None:
        return at
    end = match.end()
    over = _SENTENCE_END.search(text, at, end)
    if over and not _ATTRIBUTE.search(text, at, over.start()):
        return at
    if end == len(text):
        return None
    if text[end] == ">":
        return end + 1
    return None if _OPEN_QUOTE.match(text, end) and len(text) < end + 300 else at


def _code_end(text: str, at: int, final: bool) -> int | None:
    run = _BACKTICKS.match(text, at, at + 20)
    assert run is not None
    if run.end() == len(text) and not final:
        return None
    size = len(run.group())
    closed = re.compile(rf"(?<!`)`{{{size}}}(?!`)|\n\s*\n" if size > 2 else rf"(?<!`)`{{{size}}}(?!`)|\n")
    end = _closed(text, at, run.end(), closed, _LONGEST_BLOCK if size > 2 else _LONGEST_CODE)
    if end == len(text) and not final:  # there may be more backticks
        return None
    return end if end != at else run.end()


def _formula_end(text: str, at: int, final: bool) -> int | None:
    if len(text) == at + 1:
        return None
    opening = text[at : at + 2]
    if opening == "$$" and text[at + 2 : at + 3] in {"", *"$.,;:!?)"}:
        return at + 2 if len(text) > at + 2 else None
    if opening in _BLOCK_END:
        return _closed(text, at, at + 2, _BLOCK_END[opening], _LONGEST_BLOCK)
    if text.startswith(_ENVIRONMENT, at):
        return _closed(text, at, at + len(_ENVIRONMENT), _ENVIRONMENT_END, _LONGEST_BLOCK)
    if _ENVIRONMENT.startswith(text[at : at + len(_ENVIRONMENT)]):
        return None
    if text[at] == "\\":
        return at + 1 if text[at + 1].isspace() else at + 2
    if text[at + 1].isspace() or (at and text[at - 1].isalnum()):
        return at
    return _closed(text, at, at + 1, _MATH_END, _LONGEST_FORMULA)


def _closed(text: str, at: int, start: int, end: re.Pattern[str], longest: int) -> int | None:
    match = end.search(text, start, start + longest)
    if match is None:
        return None if len(text) < start + longest else at
    another = end is _MATH_END and match.group() == "$$"  # a price before a formula
    return at if another or match.group()[-1] == "\n" or match.group()[0] in ".!?" else match.end()


_ENDS = {
    "[": _bracket_end,
    "【": _citation_end,
    "<": _tag_end,
    "`": _code_end,
    "$": _formula_end,
    "\\": _formula_end,
}
BLOCK_TAG = re.compile(
    r"<(/?)(?:p|br|div|li|ul|ol|h[1-6]|tr|td|th|table|hr|blockquote|section|article|pre|dd|dt|dl)\b[^>]*>",
    re.I,
)
