"""The progress of a download, on stderr."""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType
from typing import Self

from voicebot.cli.output.printing import above, columns, console, echo, is_animated
from voicebot.cli.output.sizes import size_text

_LINES = 10
_STEP = 50_000_000
"""Bytes between lines if the size of the download is not known."""
_WIDE = 60
"""Columns from which there is room for speed and remaining time."""


class DownloadProgress:
    """A line that says what is fetched, then a bar, or a line for each tenth if stderr is not animated.

    Args:
        name: what is fetched.
        size: its bytes, if they are known in advance.
    """

    def __init__(self, name: str, size: int | None) -> None:
        self._name = name
        self._size = size
        self._display = ExitStack()
        self._shown = 0
        """The number of the last line."""

    def __enter__(self) -> Self:
        size = size_text(self._size)
        echo(f"fetching {self._name}{size and f' ({size})'}", err=True)
        self._bar = None
        if is_animated(err=True):
            from rich.progress import BarColumn, ProgressColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bars

            amount: list[ProgressColumn] = [BarColumn(None), TextColumn("{task.fields[amount]}")]
            if (columns(err=True) or 0) >= _WIDE:
                amount.append(TimeRemainingColumn(compact=True))
            display = console(err=True)
            bars = Bars(
                *amount,
                console=display,
                transient=True,
                expand=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._display.enter_context(above(display))
            self._bar = self._display.enter_context(bars)
            self._task = bars.add_task("", total=self._size, amount="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._display.close()

    def update(self, done: int, total: int | None) -> None:
        """Show how many bytes there are, and of how many; may be called in another thread."""
        total = total or self._size
        if self._bar is not None:
            of = f" of {size_text(total)}" if total else ""
            self._bar.update(self._task, completed=done, total=total, amount=f"{size_text(done)}{of}")
        elif total:
            tenth = done * _LINES // total
            if self._shown < tenth < _LINES:
                self._shown = tenth
                echo(f"fetching {self._name}: {tenth * 100 // _LINES} % of {size_text(total)}", err=True)
        elif done // _STEP > self._shown:
            self._shown = done // _STEP
            echo(f"fetching {self._name}: {size_text(done)}", err=True)
