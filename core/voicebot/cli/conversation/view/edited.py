"""The view for a terminal with typed lines: the line editor is below the live text."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.text import Text

from voicebot.cli.conversation.view.live import ASIDE, LiveView
from voicebot.cli.conversation.view.view import View
from voicebot.cli.output.printing import above

if TYPE_CHECKING:
    from voicebot.cli.conversation.typed_lines.editor import Editor
    from voicebot.config.schema import Settings

_SPEAK = "listening; speak or type a line; /help for commands, Ctrl-C to end"
_TYPE = "Type and press Enter; /help for commands, Ctrl-D to end"
_MUTED = "microphone off; type a line, or /mute to turn it on"


class EditedView(LiveView):
    """Shows everything above the line being typed.

    Args:
        muted: returns whether the user has turned the microphone off.
        spoken: False if lines are only typed.
    """

    def __init__(
        self,
        settings: Settings,
        now: Callable[[], float],
        editor: Editor,
        muted: Callable[[], bool],
        *,
        spoken: bool,
    ) -> None:
        super().__init__(settings, now, editor.console)
        self._editor = editor
        self._muted = muted
        self._spoken = spoken

    def __enter__(self) -> Self:
        self._display.enter_context(above(self._console))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ticks.cancel()
        View.__exit__(self, kind, error, traceback)
        self._display.close()

    def listening(self) -> None:
        """Show what the user can do."""
        if self._spoken:
            super().listening()
        else:
            self._console.print(Text(_TYPE, ASIDE))

    def _refresh(self) -> None:
        if self._spoken:
            muted = self._muted()
            self._idle = _MUTED if muted else _SPEAK
            self._editor.prompt = f"{'(muted) ' if muted else ''}> "
        self._editor.show(self._changing())
