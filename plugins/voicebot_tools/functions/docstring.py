"""Docstrings in Google's style: what a function does, and its arguments."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator

_SECTION = re.compile(r"(Args|Arguments|Examples?|Notes?|Raises|Returns|Yields):\s*")
_ARGUMENT = re.compile(r"\*{0,2}(\w+)\s*(?:\([^)]*\))?:\s*(.*)")


def parsed(docstring: str | None) -> tuple[str, dict[str, str]]:
    """Return the description, which is what comes before the first section, and that of each argument."""
    lines = inspect.cleandoc(docstring or "").splitlines()
    starts = [number for number, line in enumerate(lines) if _SECTION.fullmatch(line)]
    description = _paragraphs(lines[: starts[0]] if starts else lines)
    arguments: dict[str, str] = {}
    for start in starts:
        if lines[start].startswith("Arg"):
            arguments |= _arguments(_indented(lines[start + 1 :]))
    return description, arguments


def _indented(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if line and not line[0].isspace():
            return
        yield line


def _arguments(lines: Iterable[str]) -> dict[str, str]:
    lines = inspect.cleandoc("\n".join(["", *lines])).splitlines()
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        if (argument := _ARGUMENT.fullmatch(line)) is not None:
            name = argument[1]
            found[name] = argument[2].strip()
        elif name and line.strip():
            found[name] = f"{found[name]} {line.strip()}".strip()
    return found


def _paragraphs(lines: Iterable[str]) -> str:
    paragraphs = "\n".join(lines).strip().split("\n\n")
    return "\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
