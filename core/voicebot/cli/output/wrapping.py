"""Wrapping lines to fit the terminal; elsewhere, lines stay whole."""

from __future__ import annotations

import re
import textwrap

from voicebot.cli.output.printing import Styled, columns, echo, styled
from voicebot.plain_text import printable

_WORD = r"""(?:(?:'[^']*'|"[^"]*")+|[^\s'"`]*[^\s'"`.,;:)])"""
_COMMAND = re.compile(rf"`[^`]*`|(?:{_WORD} -m |\b)(?:pip|apt|apt-get) (?:un)?install(?: {_WORD})+")
"""Commands that users may copy: in backquotes, or an installation up to the end of its clause."""


def wrapped(text: str, *, first: int = 0, indent: int = 4, widest: int = 0, err: bool = False) -> str:
    """Wrap a text to fit the terminal, without breaking commands in it, so that they can be copied.

    Args:
        first: columns already used on the first line.
        indent: spaces before the other lines.
        widest: the maximum width, which is also used without a terminal; 0 sets no limit.
    """
    text, width = printable(text), columns(err=err)
    if width is None or 0 < widest < width:
        width = widest
    if not width:
        return text
    whole = _COMMAND.sub(lambda found: found[0].replace(" ", "\0"), text)
    lines = textwrap.wrap(
        whole,
        width,
        initial_indent=" " * first,
        subsequent_indent=" " * min(indent, width // 4),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines)[first:].replace("\0", " ")


def echo_wrapped(text: str, *, indent: int = 0, widest: int = 0, err: bool = False) -> None:
    """Write a text, wrapped, with every line indented."""
    lines = wrapped(text, first=indent, indent=indent, widest=widest, err=err)
    echo(" " * indent, Styled(lines), err=err)


def show_steps(steps: dict[str, str]) -> None:
    """Write commands to copy, each with its purpose beside it, or above it if there is no room."""
    widest, width = max(map(len, steps)), columns()
    beside = width is None or widest + max(map(len, steps.values())) + len("    # ") <= width
    for step, meaning in steps.items():
        note = styled(f"# {meaning}", dim=True)
        if meaning and not beside:
            echo("  ", note)
        if meaning and beside:
            echo(f"  {step.ljust(widest)}  ", note)
        else:
            echo(f"  {step}")
