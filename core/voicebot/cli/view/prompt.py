"""The view for typing: a prompt when it is the user's turn, and the reply word by word as it is written."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.control import Control
from rich.segment import ControlType
from rich.text import Text

from voicebot.cli.view.base import View
from voicebot.cli.view.live import ASIDE, BOT, INTERRUPTED, NEWS, TROUBLE, USER, YOU
from voicebot.cli.view.spacing import ends_without_blank

if TYPE_CHECKING:
    from voicebot.config.schema import Settings

_END_OF_INPUT = "Ctrl-Z and Enter" if sys.platform == "win32" else "Ctrl-D"
_LINE_START = Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2))


class PromptView(View):
    """Writes forwards only: the line that is being typed belongs to the terminal."""

    def __init__(self, settings: Settings, now: Callable[[], float], console: Console) -> None:
        super().__init__(settings, now)
        self._console = console
        self._greets = bool(settings.greeting)
        self._prompted = False
        self._column = 0
        self._last = ""
        """The word that was written last."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, traceback)
        if self._prompted or self._column:
            self._console.print()

    def listening(self) -> None:
        """Prompt, unless the bot speaks first."""
        self._console.print(Text(f"Type and press Enter; {_END_OF_INPUT} ends.", ASIDE))
        if not self._greets:
            self._prompt()

    def bot_thinks(self, question: str) -> None:
        """Take note that a line was typed."""
        self._prompted = False

    def question(self, text: str) -> None:
        """Write nothing: the user has typed it."""

    def unit_heard(self, text: str) -> None:
        """Write the next unit, wrapped at words."""
        blank = "" if self._column and ends_without_blank(self._last) else " "
        for word in text.split():
            self._write(word, blank)
            blank = " "
            self._last = word

    def bot_spoke(self, text: str, *, interrupted: bool) -> None:
        """End the reply; prompt, unless the user has typed the next line already."""
        if self._column:
            self._end_line(Text(INTERRUPTED if interrupted else "", ASIDE))
        self._greets = False
        if not interrupted:
            self._prompt()

    def trouble(self, message: str) -> None:
        """Write a failure."""
        self._aside(f"warning: {message}", TROUBLE)

    def news(self, message: str) -> None:
        """Write the news."""
        self._aside(message, NEWS)

    def noticed(self, message: str) -> None:
        """Write the message, dimly."""
        self._aside(message, ASIDE)

    def timed(self, line: str) -> None:
        """Write where the time went."""
        self._aside(line, ASIDE)

    def concluded(self, line: str) -> None:
        """Write what the conversation came to, where no prompt is needed any more."""
        if self._prompted or self._column:
            self._prompted = False
            self._end_line(Text())
        self._console.print(Text(line, ASIDE))

    def _aside(self, line: str, style: str) -> None:
        prompted, self._prompted = self._prompted, False
        if prompted:
            self._console.control(_LINE_START)
        elif self._column:
            self._end_line(Text())
        self._console.print(Text(line, style))
        if prompted:
            self._prompt()

    def _prompt(self) -> None:
        self._prompted = True
        self._console.print(Text(f"{YOU}: ", USER), end="")

    def _write(self, word: str, blank: str) -> None:
        label = f"{self.name}:"
        if not self._column:
            self._console.print(Text(label, BOT), end="")
            self._column = cell_len(label)
        width = cell_len(word) + len(blank)
        if self._column + width > self._console.width and self._column > cell_len(label):
            self._console.print()
            self._console.print(" " * cell_len(label), end="")
            self._column = cell_len(label)
        self._column += width
        self._console.print(Text(f"{blank}{word}"), end="", soft_wrap=True)

    def _end_line(self, mark: Text) -> None:
        self._console.print(mark)
        self._column = 0
