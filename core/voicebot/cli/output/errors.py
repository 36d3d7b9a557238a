"""Reporting errors to the user: exception groups unwrapped, without a traceback unless it is a bug."""

from __future__ import annotations

import errno
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

import click

from voicebot.cli.output.printing import Styled, echo, echo_lines, is_terminal, styled
from voicebot.cli.output.wrapping import wrapped
from voicebot.cli.process import signals, streams
from voicebot.config.reading.tree import COMMAND_LINE, OPTION
from voicebot.errors import ConfigError, Problem, VoicebotError, leaves

FAILED = 1
MISUSED = 2
INTERRUPTED = signals.CTRL_C
"""Exit statuses: something failed; a config or the command line is wrong; Ctrl-C."""
_MOST_SHOWN = 20
_WARNING = styled("warning:", fg="yellow")


def report(error: BaseException) -> int | None:
    """Report an error and return the exit status; None means that it is a bug, or left to click."""
    if isinstance(error, click.ClickException):
        return show_misuse(error)
    causes = list(leaves(error))
    if all(isinstance(cause, KeyboardInterrupt) for cause in causes):
        if is_terminal(err=True) and signals.was_echoed():
            echo(err=True)  # after ^C
        return INTERRUPTED
    if broken := next((cause for cause in causes if _is_broken_pipe(cause)), None):
        raise broken  # click exits silently; it would not find it in a group
    if not all(isinstance(cause, VoicebotError | OSError) for cause in causes):
        return None
    import logging  # not needed for --help

    logging.getLogger(__name__).debug("the traceback of the following error", exc_info=error)
    for cause in causes:
        if isinstance(cause, ConfigError):
            show_problems(cause.problems)
            show_hint(cause.hint)
        elif isinstance(cause, OSError):
            show_error(_about_file(cause))
            if cause.filename == streams.OUTPUT:
                streams.drop_output()
        else:
            for line in dict.fromkeys(str(cause).splitlines()):
                show_error(line)
    return MISUSED if any(isinstance(cause, ConfigError) for cause in causes) else FAILED


def _about_file(error: OSError) -> str:
    reason = error.strerror or str(error) or type(error).__name__
    return f"{error.filename}: {reason}" if error.filename else reason


def show_error(message: str) -> None:
    """Write one line about an error to stderr."""
    _show(styled("error:", fg="red", bold=True), message)


def show_warning(message: str) -> None:
    """Write one line about something that needs attention to stderr."""
    _show(_WARNING, message)


def show_misuse(error: click.ClickException) -> int:
    """Write a mistake in the command line to stderr, in our format; return the exit status."""
    message, context = error.format_message(), getattr(error, "ctx", None)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        echo_lines(message, err=True)
        return error.exit_code
    if context is not None:
        echo_lines(context.get_usage(), err=True)
        echo(f"Try '{context.command_path} {context.help_option_names[0]}' for help.\n", err=True)
    settable = context is not None and any(each.name == "assignments" for each in context.command.params)
    if settable and isinstance(error, click.NoSuchOption):
        message += " Set options of the config with --set SECTION.OPTION=VALUE."
    show_error(message)
    return error.exit_code


def show_python_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: object = None,
    line: object = None,
) -> None:
    """Write a Python warning of a plugin or a library to stderr."""
    show_warning(f"{message} ({category.__name__}, {filename}:{lineno})")


def show_problem(problem: Problem) -> None:
    """Write one line about a problem with a config to stderr: where, and what."""
    warning = problem.severity == "warning"
    if problem.file == OPTION:
        (show_warning if warning else show_error)(problem.message)
        return
    position = "" if problem.file == COMMAND_LINE or not problem.line else f"{problem.line}:{problem.column}:"
    place = styled(f"{problem.file}:{position}", bold=True)
    _show(Styled(f"{place} {_WARNING}") if warning else place, problem.message)


def show_problems(problems: Sequence[Problem]) -> None:
    """Write a line about each problem; the first ones if there are very many."""
    for problem in problems[:_MOST_SHOWN]:
        show_problem(problem)
    if len(problems) > _MOST_SHOWN:
        echo(f"only the first {_MOST_SHOWN} problems are shown", err=True)


def show_hint(hint: str) -> None:
    """Write a config's hint for users who have not set all its variables, if it has one."""
    if hint:
        echo_lines(f"\n{hint.rstrip()}", err=True)


def end_hung(who: str, distribution: str) -> NoReturn:
    """End the program because a plugin hangs while it is imported, and cannot be stopped otherwise."""
    with suppress(Exception):
        from voicebot.plugin.packages import pip

        remedy = f"to remove it: {pip('uninstall')} {distribution}"
        show_error(f"{who} of {distribution} does not finish loading; {remedy}")
        sys.stdout.flush()
    signals.end_process(FAILED)


def _show(head: Styled, message: str) -> None:
    """Write a line to stderr, wrapped if it is a terminal."""
    echo(head, Styled(f" {wrapped(message, first=head.width + 1, err=True)}"), err=True)


def _is_broken_pipe(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno == errno.EPIPE
