"""Results as lines of a terminal: one for each check, none wider than the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from voicebot import printable_words, report_columns
from voicebot_scenarios.results import Result


def lines(result: Result) -> Iterator[str]:
    """Yield the lines about one scenario."""
    yield click.style(_short(f"{_near(result.file)}: {result.name}"), bold=True)
    for turn in result.turns:
        yield _short(f"  {turn.text}" if turn.text else "  (the bot speaks)")
        for check in turn.checks:
            yield from _check(check.name, check.failure)
    if result.error:
        yield from _check("can be carried out", result.error)


def summary(results: Sequence[Result]) -> Iterator[str]:
    """Yield one line about all scenarios, or more on a narrow terminal."""
    checks = [check for result in results for check in result.checks]
    failed = sum(bool(check.failure) for check in checks)
    scenarios = f"{_counted(len(results), 'conversation')}, {_counted(len(checks), 'check')}"
    broken = sum(not result.held for result in results)
    found = f"{failed} failed, in {_counted(broken, 'conversation')}" if failed else "all held"
    for line in textwrap.wrap(f"{scenarios}: {found}", report_columns()):
        yield click.style(line, fg="red" if failed else "green")


def _check(name: str, failure: str) -> Iterator[str]:
    if not failure:
        yield f"    {click.style('ok', fg='green')}      {_short(name, 12)}"
        return
    text = printable_words(f"{name}: {failure}")
    first, *rest = textwrap.wrap(text, report_columns() - 12) or [""]
    yield f"    {click.style('FAILED', fg='red', bold=True)}  {first}"
    yield from (f"{' ' * 12}{line}" for line in rest)


def _near(file: Path) -> str:
    """Return a path from the current folder, or only the name of what is elsewhere."""
    here = Path.cwd()
    if not file.is_absolute():
        return str(file)
    return str(file.relative_to(here)) if file.is_relative_to(here) else file.name


def _short(text: str, indent: int = 0) -> str:
    """Return a text on one line, cut off at the end if it is too long."""
    begin = text[: len(text) - len(text.lstrip())]
    text = begin + printable_words(text)
    room = report_columns() - indent
    return text if len(text) <= room else f"{text[: room - 1]}…"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
