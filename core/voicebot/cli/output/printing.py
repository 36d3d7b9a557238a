"""The one place through which everything that the command line prints goes, and is made printable.

`guard_streams` puts a `PrintableStream` in front of stdout and stderr, so that what plugins, libraries,
warnings, tracebacks and click itself print is made printable too. Only the command line's own text may have
colours or move the cursor: it bypasses the guard through `echo` with `styled` parts, and through the console
of `console`.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TextIO, cast

import click

from voicebot.cli.process import signals
from voicebot.plain_text import printable, printable_json, printable_lines

if TYPE_CHECKING:
    from rich.console import Console

_FIXED = ("dumb", "unknown")
"""Values of `TERM` for terminals that cannot move the cursor."""
_LEAST_COLUMNS, _USUAL_COLUMNS = 20, 80
_SHOW_CURSOR = b"\x1b[?25h"
_NO_BRACKETED_PASTE = b"\x1b[?2004l"
_LOGIN = re.compile(r"(?<=://)(?!git@)[^/\s@]+@")
"""The user name and password in a URL, which libraries include in logs and errors."""


_displays: list[Console] = []
"""Displays that may have hidden the cursor, or turned on bracketed paste."""


class Styled(str):
    """Text that is printable, with its colours."""

    __slots__ = ()

    @property
    def width(self) -> int:
        """The number of visible characters."""
        return len(click.unstyle(self))


class PrintableStream:
    """A stream that makes everything written to it printable; it is not a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self.guarded = stream
        """The stream itself, which writes text unchanged."""

    def write(self, text: str) -> int:
        """Write a text with any content."""
        self.guarded.write(without_logins(printable_lines(text)))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def close(self) -> None:
        """Do nothing: later writes, by others, must not fail."""

    def isatty(self) -> bool:
        """Return False: codes of colours would only be shown as text."""
        return False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.guarded, name)


def guard_streams() -> None:
    """Make everything written to stdout and stderr printable, and restore the terminal at the end."""
    signals.call_at_exit(restore_screen)
    sys.stdout, sys.stderr = _guarded(sys.stdout), _guarded(sys.stderr)
    sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr  # type: ignore[misc, assignment]


@contextmanager
def foreign_output_logged() -> Iterator[None]:
    """Log what others than the command line itself print to stdout during the block."""
    from voicebot.cli.output.foreign_output import LoggedStream

    before = sys.stdout, sys.__stdout__
    logged = LoggedStream(_stream(err=False))
    sys.stdout = sys.__stdout__ = cast(TextIO, logged)  # type: ignore[misc, assignment]
    try:
        yield
    finally:
        logged.log_rest()
        sys.stdout, sys.__stdout__ = before  # type: ignore[misc]


def styled(text: str, **style: Any) -> Styled:
    """Return a text with the colours of `click.style`, which are shown only where they can be."""
    return Styled(click.style(printable(text), **style))


def echo(*parts: str, err: bool = False, end: str = "\n") -> None:
    """Write one line, consisting of parts, to stdout or stderr."""
    _write("".join(part if isinstance(part, Styled) else printable(part) for part in parts) + end, err=err)


def echo_lines(text: str, *, err: bool = False) -> None:
    """Write a text of several lines."""
    _write(printable_lines(text) + "\n", err=err)


def echo_json(document: Any, *, indent: int | None = 2) -> None:
    """Write a document for programs."""
    _write(printable_json(document, indent=indent, ascii_only=True) + "\n", err=False)


def is_terminal(*, err: bool = False) -> bool:
    """Return whether stdout, or stderr, is a terminal."""
    return _stream(err=err).isatty()


def is_animated(*, err: bool = False) -> bool:
    """Return whether stdout, or stderr, is a terminal on which text can change after it was written."""
    return is_terminal(err=err) and os.environ.get("TERM") not in _FIXED


def columns(*, err: bool = False) -> int | None:
    """Return the width of the terminal in characters, or None without a terminal."""
    if not is_terminal(err=err):
        return None
    chosen = os.environ.get("COLUMNS", "")
    width = int(chosen) if chosen.isascii() and chosen.isdigit() else 0
    if not width:
        with suppress(OSError):  # it is gone, or not a real terminal
            width = os.get_terminal_size(_stream(err=err).fileno()).columns
    return max(_LEAST_COLUMNS, width or _USUAL_COLUMNS)


def report_columns() -> int:
    """Return how many characters a line of a report may have: as many as the terminal has, but at most 80."""
    return max(_LEAST_COLUMNS, min(shutil.get_terminal_size().columns, _USUAL_COLUMNS))


def restore_screen() -> None:
    """Undo what displays changed in the terminal, even if something is being written at the moment."""
    for descriptor in {display.file.fileno() for display in _displays}:
        with suppress(OSError):  # it is gone
            if is_in_foreground(descriptor):
                os.write(descriptor, _SHOW_CURSOR + _NO_BRACKETED_PASTE)


def is_in_foreground(descriptor: int) -> bool:
    """Return whether this program is in the foreground of a terminal."""
    if sys.platform == "win32":
        return True
    try:
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:  # it is not the controlling terminal, so this process can always use it
        return True


def screen() -> TextIO:
    """Return stdout itself, for code that draws on the terminal and makes its own text printable."""
    return _stream(err=False)


def console(*, err: bool = False, file: Any = None, **options: Any) -> Console:
    """Return a rich console for stdout, stderr or another file."""
    from voicebot.cli.output.console import PrintableConsole

    file = file or _stream(err=err)
    if not is_animated(err=err):  # for which rich assumes 80 columns
        options.setdefault("width", columns(err=err))
    return PrintableConsole(file=file, highlight=False, emoji=False, markup=False, **options)


@contextmanager
def status(text: str) -> Iterator[None]:
    """Show on stderr what is going on while the block runs: a spinner, or a line if the terminal is plain."""
    if not is_animated(err=True):
        echo(text, err=True)
        yield
        return
    from rich.live import Live
    from rich.spinner import Spinner
    from rich.text import Text

    display = console(err=True)
    spinner = Spinner("dots", Text(printable(text)), style="status.spinner")
    live = Live(spinner, console=display, transient=True, redirect_stdout=False, redirect_stderr=False)
    with above(display), live:
        yield


@contextmanager
def above(display: Console) -> Iterator[None]:
    """Let text printed during the block appear above the live display of a console."""
    from rich.file_proxy import FileProxy

    before = sys.stdout, sys.stderr
    if display.is_terminal:
        sys.stdout, sys.stderr = (
            _like(stream, cast(TextIO, FileProxy(display, getattr(stream, "guarded", stream))))
            if getattr(stream, "guarded", stream).isatty()
            else stream
            for stream in before
        )
        _displays.append(display)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        if display in _displays:
            _displays.remove(display)


def without_logins(text: str) -> str:
    """Return a text without the user names and passwords in URLs."""
    return _LOGIN.sub("***@", text)


def _guarded(stream: TextIO) -> TextIO:
    return stream if isinstance(stream, PrintableStream) else cast(TextIO, PrintableStream(stream))


def _like(guard: TextIO, stream: TextIO) -> TextIO:
    """Return a stream behind the same kind of guard as another."""
    return cast(TextIO, type(guard)(stream)) if isinstance(guard, PrintableStream) else _guarded(stream)


def _stream(*, err: bool) -> TextIO:
    stream = sys.stderr if err else sys.stdout
    return cast(TextIO, getattr(stream, "guarded", stream))


def _write(text: str, *, err: bool) -> None:
    color = False if os.environ.get("NO_COLOR") or os.environ.get("TERM") in _FIXED else None
    click.echo(without_logins(text), file=_stream(err=err), nl=False, color=color)
