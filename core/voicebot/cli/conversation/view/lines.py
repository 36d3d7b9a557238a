"""The view for pipes and files: one line per turn, plain text only."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from types import TracebackType
from typing import TYPE_CHECKING

from voicebot.cli.conversation.view.timers import Timers
from voicebot.cli.conversation.view.timing import LONGEST
from voicebot.cli.conversation.view.tool_calls import NOTICED
from voicebot.cli.conversation.view.view import View
from voicebot.cli.output.errors import show_warning
from voicebot.cli.output.printing import echo, styled
from voicebot.cli.output.wrapping import echo_wrapped
from voicebot.waterfall import turn_bars

if TYPE_CHECKING:
    from voicebot.config.schema import Settings
    from voicebot.events import TurnTimed


class LinesView(View):
    """Writes the dialogue to stdout, and everything else to stderr.

    Args:
        invitation: what to print when the bot listens for the first time.
    """

    def __init__(
        self, settings: Settings, now: Callable[[], float], *, timings: bool, invitation: str = ""
    ) -> None:
        super().__init__(settings, now)
        self._timings = timings
        self._invitation = invitation
        self._ticks = Timers()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ticks.cancel()
        super().__exit__(kind, error, traceback)

    def listening(self) -> None:
        """Print once what the user can do."""
        if self._invitation:
            echo_wrapped(self._invitation, err=True)
            self._invitation = ""

    def question(self, text: str) -> None:
        """Write the user's words."""
        echo_wrapped(f"You: {text}")

    def bot_spoke(self, text: str, *, interrupted: bool) -> None:
        """Write what was heard of the reply."""
        if text:
            echo_wrapped(f"{self.name}: {text}{' [interrupted]' if interrupted else ''}")

    def tools_run(self) -> None:
        """Write which tools run, below the words that they run for.

        A slow one does not wait for these, which are written when their answer begins.
        """
        self._ticks.cancel()
        if begun := self.calls.begun(self._now() - NOTICED if self.turn_is_open else inf):
            echo_wrapped(f"running {begun}", err=True)
        if self.turn_is_open and self.calls.running(self._now()):
            self._ticks.after(NOTICED, self.tools_run)

    def trouble(self, message: str) -> None:
        """Write a warning."""
        show_warning(message)

    def recovered(self, message: str) -> None:
        """Write what works again."""
        echo_wrapped(message, err=True)

    def noticed(self, message: str) -> None:
        """Write the message."""
        echo_wrapped(message, err=True)

    def timed(self, line: str, turn: TurnTimed | None = None) -> None:
        """Write the timing, if requested, and a line for each part."""
        if self._timings or turn is not None:
            echo_wrapped(line, err=True)
        for each in turn_bars(turn, LONGEST) if turn is not None else ():
            echo("  ", each.label, " ", styled(each.bar, fg=each.colour), " ", each.setting, err=True)

    def concluded(self, line: str) -> None:
        """Write the summary."""
        echo_wrapped(line, err=True)
