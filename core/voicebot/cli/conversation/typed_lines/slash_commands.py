"""The commands that can be typed during a conversation: `/help`, `/mute`, `/quit`."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

HELP = {
    "/mute": "turn the microphone off or on again",
    "/unmute": "turn the microphone on",
    "/quit": "end the conversation at once, like Ctrl-C",
    "/help": "show the commands",
    "//": "say something that begins with / to the bot",
}


class SlashCommands:
    """Executes commands; everything else that is typed is for the bot.

    Args:
        has_microphone: False if lines are only typed.
        show: shows a line that answers the user.
        show_error: shows a line that says why a command did nothing.
        hang_up: ends the conversation.
    """

    def __init__(
        self,
        *,
        has_microphone: bool,
        show: Callable[[str], None],
        show_error: Callable[[str], None],
        hang_up: Callable[[], None],
    ) -> None:
        self.muted = False
        """Whether the user has turned the microphone off."""
        self.hung_up = False
        """Whether the conversation has ended or is about to, so that it cannot be ended again."""
        self._has_microphone = has_microphone
        self._show = show
        self._show_error = show_error
        self._hang_up = hang_up

    def take(self, line: str) -> str:
        """Return what a typed line says to the bot; nothing if it was a command."""
        line = line.strip()
        if not line.startswith("/"):
            return line
        if line.startswith("//"):
            return line[1:]
        name, _, more = line.partition(" ")
        if name.lower() not in HELP:
            near = get_close_matches(name.lower(), HELP, n=1)
            advice = f"did you mean {near[0]}? " if near else ""
            literally = f"/{name} says it to the bot"
            self._show_error(f"no such command {name}; {advice}/help shows the commands, {literally}")
        elif more:
            self._show_error(f"{name} takes no arguments; /{name} says it to the bot")
        else:
            self._execute(name.lower())
        return ""

    def hang_up(self) -> None:
        """End the conversation, unless it is already ending."""
        if not self.hung_up:
            self.hung_up = True
            self._hang_up()

    def _execute(self, name: str) -> None:
        match name:
            case "/quit":
                self.hang_up()
            case "/help":
                for command, does in HELP.items():
                    self._show(f"{command:<8} {does}")
            case _ if not self._has_microphone:
                self._show_error(f"{name}: there is no microphone here")
            case _:
                self.muted = not self.muted and name == "/mute"
                self._show(f"the microphone is {'off; /mute turns it on' if self.muted else 'on'}")
