"""The view for a terminal: the last lines change during speech, the lines above stay."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from voicebot.cli.conversation.view.spacing import join_units
from voicebot.cli.conversation.view.timers import Timers
from voicebot.cli.conversation.view.view import View
from voicebot.cli.output.printing import above

if TYPE_CHECKING:
    from voicebot.config.schema import Settings

YOU = "You"
USER, BOT, ASIDE, TROUBLE, RECOVERED = "bold cyan", "bold magenta", "dim", "yellow", "green"
INTERRUPTED = " [interrupted]"
_WAITING = "…"
_NARROW = 60


class LiveView(View):
    """Shows partial transcripts as they change and replies as they are heard.

    Args:
        live: False if the bot answers a recording, so that the user has nothing to do.
    """

    def __init__(
        self, settings: Settings, now: Callable[[], float], console: Console, *, live: bool = True
    ) -> None:
        super().__init__(settings, now)
        self._console = console
        self._idle = "listening; Ctrl-C to end" if live else "listening to the recording"
        self._is_listening = False
        self._partial: str | None = None
        self._pending: str | None = None
        self._units: list[str] = []
        self._bot_at_work = False
        self._ticks = Timers()
        self._live = Live(
            console=console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._display = ExitStack()

    def __enter__(self) -> Self:
        self._display.enter_context(above(self._console))
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ticks.cancel()
        super().__exit__(kind, error, traceback)
        self._live.update("")
        self._live.stop()
        self._display.close()

    def listening(self) -> None:
        """Show that the bot listens."""
        self._is_listening = True
        self._refresh()

    def user_speaks(self, text: str) -> None:
        """Show the words so far."""
        self._partial = text
        self._refresh()

    def bot_thinks(self, question: str) -> None:
        """Show the question, and that an answer will come."""
        self._partial, self._pending, self._bot_at_work = None, question, True
        self._refresh()

    def question(self, text: str) -> None:
        """Keep the question."""
        self._pending = None
        self._keep(self._row(YOU, USER, Text(text)))

    def tools_run(self) -> None:
        """Show which tools run, and for how long, until the last has ended."""
        self._ticks.cancel()
        if self.calls.running(self._now()):
            self._ticks.after(1.0, self.tools_run)
        self._refresh()

    def unit_heard(self, text: str) -> None:
        """Add a unit to the reply."""
        self._units.append(text)
        self._bot_at_work = True
        self._refresh()

    def bot_spoke(self, text: str, *, interrupted: bool) -> None:
        """Keep what was heard of the reply."""
        self._units.clear()
        self._pending, self._bot_at_work = None, False
        if text:
            said = Text(text)
            if interrupted:
                said.append(INTERRUPTED, ASIDE)
            self._keep(self._row(self.name, BOT, said))
        self._refresh()

    def device(self, *, present: bool) -> None:
        """Show whether the bot can listen, which needs the device."""
        self._is_listening = present

    def trouble(self, message: str) -> None:
        """Keep the failure."""
        self._keep(self._row("", "", Text(f"warning: {message}", TROUBLE)))

    def recovered(self, message: str) -> None:
        """Keep the message."""
        self._keep(self._row("", "", Text(message, RECOVERED)))

    def noticed(self, message: str) -> None:
        """Keep the message, dimmed."""
        self._keep(self._row("", "", Text(message, ASIDE)))

    def timed(self, line: str) -> None:
        """Keep the line, dimmed."""
        self._keep(self._row("", "", Text(line, ASIDE)))

    def coloured(self, line: str) -> None:
        """Keep a line as it is, across the columns."""
        self._keep(Text.from_ansi(line))

    def _keep(self, row: RenderableType) -> None:
        self._refresh()  # otherwise outdated text would be drawn again below the row
        self._console.print(row)

    def _refresh(self) -> None:
        self._live.update(self._changing(), refresh=True)

    def _changing(self) -> RenderableType:
        rows: list[RenderableType] = []
        if self._pending is not None:
            rows.append(self._row(YOU, USER, Text(self._pending)))
        if self._bot_at_work:
            said = Text(join_units(self._units)) if self._units else Text(_WAITING, ASIDE)
            rows.append(self._row(self.name, BOT, self._tail(said)))
        if running := self.calls.running(self._now()):
            rows.append(self._row("", "", self._tail(Text(f"{running} {_WAITING}", ASIDE))))
        if self._partial is not None:
            rows.append(self._row(YOU, USER, self._tail(Text(self._partial or _WAITING, "italic dim"))))
        rows.extend(self._row("", "", Text(said, TROUBLE)) for said in self.unavailable.values())
        if not rows and self._is_listening:
            rows.append(self._row("", "", Text(self._idle, ASIDE)))
        return Group(*rows)

    def _row(self, who: str, style: str, said: Text) -> RenderableType:
        row = Table.grid(padding=(0, 1, 0, 0))
        if self._is_narrow:
            row.add_column(overflow="fold", max_width=self._text_width)
            row.add_row(Text.assemble((f"{who}: ", style), said) if who else said)
            return row
        row.add_column(width=self._widest, style=style, no_wrap=True)
        row.add_column(overflow="fold", max_width=self._text_width)
        row.add_row(f"{who}:" if who else "", said)
        return row

    def _tail(self, text: Text) -> Text:
        """Return the end of a text, up to a third of the screen: what scrolls off can no longer change."""
        lines = text.wrap(self._console, self._text_width)
        return Text("\n").join(lines[-max(1, self._console.height // 3) :])

    @property
    def _text_width(self) -> int:
        """Columns for words; leaves room for the ^C of Ctrl-C, which must not start a new line."""
        label = 0 if self._is_narrow else self._widest + 1
        return max(10, self._console.width - label - len("^C "))

    @property
    def _is_narrow(self) -> bool:
        """Whether the terminal is too narrow for a column of labels."""
        return self._console.width < _NARROW

    @property
    def _widest(self) -> int:
        return min(16, max(len(YOU), Text(self.name).cell_len) + 1)
