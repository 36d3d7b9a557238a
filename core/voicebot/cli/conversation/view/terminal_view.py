"""The view of `voicebot run` for other programs: it shows events in a terminal, or as lines in a pipe."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from voicebot.cli.output.printing import console, echo, is_animated

if TYPE_CHECKING:
    from voicebot.cli.conversation.view.live import LiveView
    from voicebot.cli.conversation.view.view import View
    from voicebot.config.schema import Settings
    from voicebot.events import ConversationEvent


class TerminalView:
    """Shows a conversation as `voicebot run` does; use it as a context manager, within an event loop.

    In a terminal, the last lines change while somebody speaks; otherwise there is a line for each turn.

    Args:
        settings: those of the bot, of which the name is shown, and advice depends on the others.
        now: returns the seconds of the conversation, to which the times of events refer.
    """

    def __init__(self, settings: Settings, now: Callable[[], float]) -> None:
        self._view: View
        self._live: LiveView | None = None
        if is_animated():
            from voicebot.cli.conversation.view.live import LiveView

            self._view = self._live = LiveView(settings, now, console(), live=False)
        else:
            from voicebot.cli.conversation.view.lines import LinesView

            self._view = LinesView(settings, now, timings=False)

    def __enter__(self) -> Self:
        self._view.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._view.__exit__(kind, error, traceback)

    def show(self, event: ConversationEvent) -> None:
        """Show what happened."""
        self._view.show(event)

    def note(self, line: str) -> None:
        """Show a line of printable text, which may have colours, below what was said last."""
        if self._live is not None:
            self._live.coloured(line)
        else:
            echo(click.unstyle(line))
