"""How far a long recording has been heard, on the terminal's stderr."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from voicebot.cli.output import above, console
from voicebot.plaintext import printable

_LONG = 20.0


class Progress:
    """A bar that moves with the seconds heard; nothing where it is not `shown` or not worth it."""

    def __init__(self, recording: Path, *, shown: bool) -> None:
        self._recording = recording
        self._shown = shown
        self._display = ExitStack()

    def __enter__(self) -> Self:
        self._bar = None
        seconds = self._seconds() if self._shown else 0.0
        if seconds >= _LONG:
            from rich.markup import escape
            from rich.progress import Progress as Bars

            display = console(err=True)
            bars = Bars(console=display, transient=True, redirect_stdout=False, redirect_stderr=False)
            self._display.enter_context(above(display))
            self._bar = self._display.enter_context(bars)
            self._task = bars.add_task(escape(printable(f"hearing {self._recording.name}")), total=seconds)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._display.close()

    def advance(self, seconds: float) -> None:
        """Take note that another piece was heard."""
        if self._bar is not None:
            self._bar.advance(self._task, seconds)

    def _seconds(self) -> float:
        import soundfile

        try:
            return float(soundfile.info(self._recording).duration)
        except (soundfile.SoundFileError, OSError, TypeError):  # the device will say what is wrong
            return 0.0
