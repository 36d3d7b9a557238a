"""Lines that fit the terminal: broken between words for a person, whole where they are piped."""

from __future__ import annotations

import re
import textwrap

from voicebot.cli.output.printing import Styled, columns, echo, styled
from voicebot.plaintext import printable

_WORD = r"""(?:(?:'[^']*'|"[^"]*")+|[^\s'"`]*[^\s'"`.,;:)])"""
_COMMAND = re.compile(rf"`[^`]*`|(?:{_WORD} -m |\b)(?:pip|apt|apt-get) (?:un)?install(?: {_WORD})+")
"""What may be copied: between backquotes, or an installation up to the end of its clause."""


def wrapped(text: str, *, first: int = 0, indent: int = 4, widest: int = 0, err: bool = False) -> str:
    """Break a text to fit the terminal, but no command in it, for it may be copied.

    Args:
        first: columns of its first line that are taken already.
        indent: blanks before the other lines.
        widest: columns that a line may have at most, and has where it leads to no person; 0 sets no limit.
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
    """Write a text, every line of it indented."""
    lines = wrapped(text, first=indent, indent=indent, widest=widest, err=err)
    echo(" " * indent, Styled(lines), err=err)


def show_steps(steps: dict[str, str]) -> None:
    """Write commands to copy, each with what it is for: behind it, or above it where there is no room."""
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
