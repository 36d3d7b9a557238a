"""What goes wrong, told to the user: exception groups unwrapped, no traceback for what is not our fault."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator

import click

from voicebot.errors import ConfigError, Problem, VoicebotError

FAILED = 1
MISUSED = 2
INTERRUPTED = 130
"""Exit statuses: something failed; a config or the command line is wrong; Ctrl-C."""


def report(error: BaseException) -> int | None:
    """Tell what went wrong and return the exit status; None means that it is a bug, or click's to tell."""
    causes = list(_leaves(error))
    if all(isinstance(cause, KeyboardInterrupt) for cause in causes):
        if sys.stderr.isatty():
            click.echo(err=True)  # the terminal wrote ^C
        return INTERRUPTED
    if broken := next((cause for cause in causes if _is_broken_pipe(cause)), None):
        raise broken  # click ends in silence; it would not look for it within a group
    if not all(isinstance(cause, VoicebotError) for cause in causes):
        return None
    import logging  # not needed to answer --help

    logging.getLogger(__name__).debug("the traceback of what follows", exc_info=error)
    for cause in causes:
        if isinstance(cause, ConfigError):
            for problem in cause.problems:
                show_problem(problem)
        else:
            for line in dict.fromkeys(str(cause).splitlines()):
                show_error(line)
    return MISUSED if any(isinstance(cause, ConfigError) for cause in causes) else FAILED


def show_error(message: str) -> None:
    """Write one line about an error to stderr."""
    click.echo(f"{click.style('error:', fg='red', bold=True)} {message}", err=True)


def show_warning(message: str) -> None:
    """Write one line about something to look after to stderr."""
    click.echo(f"{click.style('warning:', fg='yellow')} {message}", err=True)


def show_problem(problem: Problem) -> None:
    """Write one line about a config to stderr: where, and what."""
    if problem.file.startswith("<"):  # the command line has no lines and columns
        show_error(problem.message)
        return
    place = click.style(f"{problem.file}:{problem.line}:{problem.column}:", bold=True)
    kind = f"{click.style('warning:', fg='yellow')} " if problem.severity == "warning" else ""
    click.echo(f"{place} {kind}{problem.message}", err=True)


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def _is_broken_pipe(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno == errno.EPIPE
