"""The progress of a long recording, on stderr."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from voicebot.cli.output.printing import above, console, echo, is_animated
from voicebot.plain_text import printable

_LONG = 20.0
_LINES = 10


class Progress:
    """A progress bar, or a line for each tenth if stderr is not animated; nothing for a short recording."""

    def __init__(self, recording: Path) -> None:
        self._recording = recording
        self._display = ExitStack()
        self._done = 0.0
        self._step = 0.0
        """Seconds of sound between lines, 0 without lines."""

    def __enter__(self) -> Self:
        self._bar = None
        seconds = self._seconds()
        if seconds >= _LONG and not is_animated(err=True):
            self._step = seconds / _LINES
        elif seconds >= _LONG:
            from rich.markup import escape
            from rich.progress import Progress as Bars

            display = console(err=True)
            bars = Bars(console=display, transient=True, redirect_stdout=False, redirect_stderr=False)
            self._display.enter_context(above(display))
            self._bar = self._display.enter_context(bars)
            title = escape(printable(f"listening to {self._recording.name}"))
            self._task = bars.add_task(title, total=seconds)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._display.close()

    def advance(self, seconds: float) -> None:
        """Advance by some seconds of sound."""
        before, self._done = self._done, self._done + seconds
        if self._bar is not None:
            self._bar.advance(self._task, seconds)
        elif self._step and (tenth := int(self._done / self._step)) > int(before / self._step):
            echo(f"listening to {self._recording.name}: {tenth * 100 // _LINES} %", err=True)

    def _seconds(self) -> float:
        import soundfile

        try:
            return float(soundfile.info(self._recording).duration)
        except (soundfile.SoundFileError, OSError, TypeError):  # the device will report the problem
            return 0.0
