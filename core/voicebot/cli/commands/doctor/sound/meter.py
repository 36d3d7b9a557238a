"""The level of the microphone in the terminal, while the user speaks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from voicebot.cli.output.printing import above, columns, console, echo, is_animated

if TYPE_CHECKING:
    from voicebot.cli.commands.doctor.sound.rehearsal import Level

_QUIETEST = -60.0
"""Decibels below full scale at the left end of the bar."""
_LOUD = -6.0
_WORDS = len("Speak now: 4.0 s  ") + 1
_WIDEST = 50


@contextmanager
def level_meter(seconds: float) -> Iterator[Level]:
    """Show on stderr that the user should speak, and a bar; without a terminal that can move, only a line."""
    if not is_animated(err=True):
        echo(f"Speak now, for {seconds:g} s.", err=True)
        yield lambda left, decibels: None
        return
    from rich.live import Live
    from rich.text import Text

    display = console(err=True)
    width = max(8, min(_WIDEST, (columns(err=True) or 80) - _WORDS))

    def drawn(left: float, decibels: float) -> Text:
        filled = round(width * min(1.0, max(0.0, 1 - decibels / _QUIETEST)))
        style = "red" if decibels > _LOUD else "green"
        return Text.assemble(
            f"Speak now: {left:3.1f} s  ", ("#" * filled, style), ("-" * (width - filled), "dim")
        )

    live = Live(
        drawn(seconds, _QUIETEST),
        console=display,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        refresh_per_second=12,
    )
    with above(display), live:
        yield lambda left, decibels: live.update(drawn(left, decibels))
