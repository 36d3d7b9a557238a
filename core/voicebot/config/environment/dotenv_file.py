"""The lines of a `.env` file: what they set, and the mistakes that would otherwise go unnoticed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dotenv.parser import Binding

_MOST = 20  # mistakes; after each, parsing starts again
_NEWLINE = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BEGINNING = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)")
_OPENING = re.compile(r"(?:export\s+)?[^=#]*=\s*(?P<quote>['\"])(?P<rest>.*)")
_NEXT_VARIABLE = re.compile(r"\s*(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=\s*")
_TYPOGRAPHIC = re.compile(r"[\u201c\u201d\u201e\u2018\u2019\u00ab]")
_IGNORED = "and is ignored"
_FORM = f"this is not of the form 'NAME=value' {_IGNORED}"
_OPEN = f"this value begins with a quotation mark that is never closed, {_IGNORED}"


@dataclass(frozen=True, slots=True)
class Setting:
    """What one line sets; the value may refer to variables."""

    name: str
    value: str
    line: int


@dataclass(slots=True)
class DotEnvLines:
    """The settings of a file in order, its mistakes by line, and the names set in lines that were ignored."""

    settings: list[Setting] = field(default_factory=list)
    mistakes: list[tuple[int, str]] = field(default_factory=list)
    unreadable: dict[str, int] = field(default_factory=dict)


def read_lines(text: str) -> DotEnvLines:
    """Read the text of a file; a line that is wrong does not affect the others."""
    read = DotEnvLines()
    lines = _NEWLINE.split(text)
    start: int | None = 0
    while start is not None:
        start = _read_from(start, lines, read)
        if start is not None and len(read.mistakes) >= _MOST:
            read.mistakes.append((start + 1, "too many mistakes; everything from here on is ignored"))
            break
    _report_duplicates(read)
    return read


def _read_from(start: int, lines: list[str], read: DotEnvLines) -> int | None:
    """Read from a line on; return where to continue after one that is wrong, None at the end."""
    from dotenv.parser import parse_stream

    for binding in parse_stream(StringIO("".join(lines[start:]))):
        whole = binding.original.string
        blank = len(_NEWLINE.split(whole[: len(whole) - len(whole.lstrip())])) - 1
        index = start + binding.original.line - 1 + blank
        if mistake := _why_unreadable(binding, whole.strip()):
            read.mistakes.append((index + 1, mistake))
            if named := _BEGINNING.match(whole.strip()):
                read.unreadable[named["name"]] = index + 1
            return index + 1
        if binding.key is not None and binding.value is not None:
            read.settings.append(Setting(binding.key, binding.value, index + 1))
            read.mistakes += [(index + 1, odd) for odd in _oddities(binding.key, binding.value, whole)]
    return None


def _why_unreadable(binding: Binding, whole: str) -> str | None:
    """Return what is wrong with a line that sets nothing, or swallows others into its value.

    Quotes nothing of it, since it may be a secret.
    """
    first = _NEWLINE.split(whole)[0].strip() if whole else ""
    opened = _OPENING.match(first)
    if binding.error:
        name, equals, _ = first.removeprefix("export ").partition("=")
        if equals and re.search(r"\s", name.strip()):
            return f"a name cannot contain spaces: {_FORM}"
        if opened:
            closed = re.search(rf"(?<!\\){opened['quote']}", opened["rest"])
            return f"there is something after the closing quotation mark {_IGNORED}" if closed else _OPEN
        return _FORM
    if binding.key is not None and binding.value is None:
        return f"there is no '=' after the name: {_FORM}"
    if opened and binding.value is not None and "\n" in binding.value:
        last = binding.value.rpartition("\n")[2]
        if _NEXT_VARIABLE.fullmatch(last):  # the quotation mark that ended it opens the next value
            return _OPEN
    return None


def _oddities(name: str, value: str, whole: str) -> Iterator[str]:
    """Yield what is odd about a setting that is used nevertheless."""
    if not _NAME.fullmatch(name):
        yield "no config can refer to this name; names consist of letters, digits and _"
    bare = whole.strip().partition("=")[2].strip()
    if _TYPOGRAPHIC.match(value):
        yield "typographic quotation marks are part of the value; use \" or ', or no quotes"
    elif bare == value and value[-1:] in {'"', "'"}:
        yield "this value ends with a quotation mark, but does not begin with one"


def _report_duplicates(read: DotEnvLines) -> None:
    lines: dict[str, int] = {}
    for setting in read.settings:
        if setting.name in lines and _NAME.fullmatch(setting.name):
            said = f"{setting.name} is already set on line {lines[setting.name]}; this value is used"
            read.mistakes.append((setting.line, said))
        elif not setting.value:  # such as an example's line, with the value set further down
            continue
        lines[setting.name] = setting.line
    read.mistakes.sort()
