"""The view for pipes and files: one line per turn, plain text only."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from voicebot.cli.conversation.view.view import View
from voicebot.cli.output.errors import show_warning
from voicebot.cli.output.wrapping import echo_wrapped

if TYPE_CHECKING:
    from voicebot.config.schema import Settings


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
        """Write which tools run, below the words that they run for, unless they have ended by then."""
        if not self.turn_is_open and (begun := self.calls.begun()):
            echo_wrapped(f"running {begun}", err=True)

    def trouble(self, message: str) -> None:
        """Write a warning."""
        show_warning(message)

    def recovered(self, message: str) -> None:
        """Write what works again."""
        echo_wrapped(message, err=True)

    def noticed(self, message: str) -> None:
        """Write the message."""
        echo_wrapped(message, err=True)

    def timed(self, line: str) -> None:
        """Write the timing, if requested."""
        if self._timings:
            echo_wrapped(line, err=True)

    def concluded(self, line: str) -> None:
        """Write the summary."""
        echo_wrapped(line, err=True)
