"""The one place through which everything that the command line prints goes, and is made printable.

`guard` puts a `Guard` in front of stdout and stderr, so that what plugins, libraries, warnings, tracebacks
and click itself print is made printable too. Only the command line's own text may have colours or move the
cursor: it bypasses the guard through `echo` with `styled` parts, and through the console of `console`.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TextIO, cast

import click

from voicebot.cli.process import signals
from voicebot.plaintext import printable, printable_json, printable_lines

if TYPE_CHECKING:
    from rich.console import Console

_FIXED = ("dumb", "unknown")
"""What `TERM` calls terminals that write forwards only."""
_LEAST_COLUMNS, _USUAL_COLUMNS = 20, 80
_SHOW_CURSOR = b"\x1b[?25h"
_NO_BRACKETED_PASTE = b"\x1b[?2004l"
_LOGIN = re.compile(r"(?<=://)(?!git@)[^/\s@]+@")
"""The user name and password in an address, which servers' libraries put into their logs and errors."""


_displays: list[Console] = []
"""What may have hidden the cursor, or asked the terminal to mark what is pasted."""


class Styled(str):
    """Text that was made printable, with its colours."""

    __slots__ = ()

    @property
    def width(self) -> int:
        """How many characters of it can be seen."""
        return len(click.unstyle(self))


class Guard:
    """A stream for everybody: what is written to it is made printable, so it is no terminal to them."""

    def __init__(self, stream: TextIO) -> None:
        self.guarded = stream
        """The stream itself, which takes what it is given."""

    def write(self, text: str) -> int:
        """Write a text that may hold anything."""
        self.guarded.write(without_logins(printable_lines(text)))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write one text after the other."""
        for line in lines:
            self.write(line)

    def close(self) -> None:
        """Stay open: what is written later, by others, must not fail."""

    def isatty(self) -> bool:
        """Return that it takes no colours, whose codes would only be shown."""
        return False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.guarded, name)


def guard() -> None:
    """Put a guard before stdout and stderr, and let the terminal be given back at the end."""
    signals.at_end(restore_screen)
    sys.stdout, sys.stderr = _guarded(sys.stdout), _guarded(sys.stderr)
    sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr  # type: ignore[misc, assignment]


def styled(text: str, **style: Any) -> Styled:
    """Return a text with colours, as `click.style` knows them; where they cannot be shown, they are not."""
    return Styled(click.style(printable(text), **style))


def echo(*parts: str, err: bool = False, end: str = "\n") -> None:
    """Write one line, made of its parts, to stdout or stderr."""
    _write("".join(part if isinstance(part, Styled) else printable(part) for part in parts) + end, err=err)


def echo_lines(text: str, *, err: bool = False) -> None:
    """Write a text of several lines."""
    _write(printable_lines(text) + "\n", err=err)


def echo_json(document: Any, *, indent: int | None = 2) -> None:
    """Write a document for programs."""
    _write(printable_json(document, indent=indent, ascii_only=True) + "\n", err=False)


def is_terminal(*, err: bool = False) -> bool:
    """Return whether a person looks at stdout, or stderr."""
    return _stream(err=err).isatty()


def is_animated(*, err: bool = False) -> bool:
    """Return whether stdout, or stderr, is a terminal on which what is shown can change."""
    return is_terminal(err=err) and os.environ.get("TERM") not in _FIXED


def columns(*, err: bool = False) -> int | None:
    """Return how many characters a line may have, None where it leads to no person."""
    if not is_terminal(err=err):
        return None
    chosen = os.environ.get("COLUMNS", "")
    width = int(chosen) if chosen.isascii() and chosen.isdigit() else 0
    if not width:
        with suppress(OSError):  # it is gone, or a terminal of somebody's own making
            width = os.get_terminal_size(_stream(err=err).fileno()).columns
    return max(_LEAST_COLUMNS, width or _USUAL_COLUMNS)


def restore_screen() -> None:
    """Take back what displays ask of their terminal, even if something is being written at the moment."""
    for descriptor in {display.file.fileno() for display in _displays}:
        with suppress(OSError):  # it is gone
            if is_in_foreground(descriptor):
                os.write(descriptor, _SHOW_CURSOR + _NO_BRACKETED_PASTE)


def is_in_foreground(descriptor: int) -> bool:
    """Return whether a terminal is this program's at the moment, and not another's or the shell's."""
    if sys.platform == "win32":
        return True
    try:
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:  # it is not the terminal that controls this process, so that nothing stops it
        return True


def screen() -> TextIO:
    """Return stdout itself, for what draws on a terminal and makes its text printable before."""
    return _stream(err=False)


def console(*, err: bool = False, file: Any = None, **options: Any) -> Console:
    """Return a console of rich for stdout or stderr, or what stands for it."""
    from voicebot.cli.output.console import PrintableConsole

    file = file or _stream(err=err)
    if not is_animated(err=err):  # of which rich thinks that it has 80 columns
        options.setdefault("width", columns(err=err))
    return PrintableConsole(file=file, highlight=False, emoji=False, markup=False, **options)


@contextmanager
def status(text: str) -> Iterator[None]:
    """Show on stderr what goes on while the block runs; in a line where nothing can change."""
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
    """Let what is printed meanwhile appear above what a console displays and changes."""
    from rich.file_proxy import FileProxy

    before = sys.stdout, sys.stderr
    if display.is_terminal:
        sys.stdout, sys.stderr = (
            _guarded(cast(TextIO, FileProxy(display, getattr(stream, "guarded", stream))))
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
    """Return a text in which addresses have neither user names nor passwords."""
    return _LOGIN.sub("***@", text)


def _guarded(stream: TextIO) -> TextIO:
    return stream if isinstance(stream, Guard) else cast(TextIO, Guard(stream))


def _stream(*, err: bool) -> TextIO:
    stream = sys.stderr if err else sys.stdout
    return cast(TextIO, getattr(stream, "guarded", stream))


def _write(text: str, *, err: bool) -> None:
    color = False if os.environ.get("NO_COLOR") or os.environ.get("TERM") in _FIXED else None
    click.echo(without_logins(text), file=_stream(err=err), nl=False, color=color)
