"""The YAML parser's errors, in words for people who do not write parsers."""

from __future__ import annotations

import re

from yaml import MarkedYAMLError, YAMLError
from yaml.reader import ReaderError

from voicebot.config.reading.tree import Place
from voicebot.errors import Problem

_SECOND_COLON = "a second ': ' in one line; put quotes around a text that contains ': '"
_ODD_LINE = "this line does not fit the lines above it; check indentation, quotes and brackets"
# A pattern in the parser's message, what to say instead, and whether the mistake is where the parser's
# context began (a quotation mark that is never closed) and not where it gave up (the end of the file).
_WORDS: list[tuple[str, str, bool]] = [
    (
        r"mapping values are not allowed",
        _SECOND_COLON,
        False,
    ),
    (r"found character '\\t'", "a tab cannot indent YAML; use spaces", False),
    (
        r"found character '(?P<it>.)' that cannot start",
        "a text cannot begin with '{it}'; put quotes around it",
        False,
    ),
    (r"could not find expected ':'", "this line is not of the form 'key: value'", True),
    (
        r"expected <block end>|expected '<document start>'",
        _ODD_LINE,
        False,
    ),
    (r"while scanning a quoted scalar", "this quotation mark is never closed", True),
    (r"expected ',' or '\]'", "this '[' is never closed, or a ',' is missing after an item", True),
    (r"expected ',' or '\}'", "this '{{' is never closed, or a ',' is missing after an entry", True),
    (r"expected the node content", "a value is missing before this, or needs quotes around it", False),
    (
        r"found undefined alias '(?P<it>[^']*)'",
        "'*{it}' refers to an anchor '&{it}' that does not exist; "
        "put quotes around a text that begins with '*'",
        False,
    ),
    (r"while scanning an alias", "a text cannot begin with '*'; put quotes around it", True),
    (r"while scanning an anchor", "a text cannot begin with '&'; put quotes around it", True),
    (r"found duplicate anchor '(?P<it>[^']*)'", "the anchor '&{it}' is defined twice", False),
    (r"while scanning a block scalar", "after '|' or '>', the text must begin on a new line", True),
    (r"sequence entries are not allowed", "a list must begin on a new line, each item with '- '", False),
    (
        r"expected a single document",
        "a config is a single document; remove the '---' and everything after it",
        False,
    ),
    (
        r"found unknown escape character '(?P<it>.)'",
        "'\\{it}' means nothing between double quotes; use single quotes, or '\\\\' for a backslash",
        False,
    ),
]


def syntax_problem(error: YAMLError, file: str, text: str) -> Problem:
    """Return an error of the pure-Python parser as a problem with its place."""
    if isinstance(error, ReaderError):
        before = text[: error.position]
        place = Place(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
        return place.problem(f"the character U+{ord(text[error.position]):04X} is not allowed in YAML")
    if not isinstance(error, MarkedYAMLError):
        return Place(file).problem(f"this is not valid YAML: {error}")
    complaint = ", ".join(filter(None, (error.context, error.problem)))
    words, at_context = f"this is not valid YAML: {complaint}", False
    for pattern, wording, from_context in _WORDS:
        if match := re.search(pattern, complaint):
            words, at_context = wording.format(**match.groupdict()), from_context
            break
    mark = (error.context_mark if at_context else None) or error.problem_mark or error.context_mark
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
    line = text.splitlines()[place.line - 1 : place.line]
    if at_context and line and "${" in line[0][place.column - 1 :]:
        words += "; between brackets, put quotes around ${...}"
    elif words == _SECOND_COLON and line and ":" not in line[0][: place.column - 1]:
        words = _ODD_LINE
    return place.problem(words)
