"""The commands that may be typed during a conversation: `/help`, `/mute`, `/quit`."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

HELP = {
    "/mute": "turn the microphone off, or on again",
    "/unmute": "turn the microphone on",
    "/quit": "end the conversation at once, as Ctrl-C does",
    "/help": "show the commands",
    "//": "say to the bot what begins with /",
}


class Commands:
    """Carries out commands; whatever else is typed is for the bot.

    Args:
        has_microphone: False where lines are typed alone.
        tell: shows a line that answers the user.
        complain: shows a line that says why nothing was done.
        hang_up: ends the conversation.
    """

    def __init__(
        self,
        *,
        has_microphone: bool,
        tell: Callable[[str], None],
        complain: Callable[[str], None],
        hang_up: Callable[[], None],
    ) -> None:
        self.muted = False
        """Whether the user has turned the microphone off."""
        self.hung_up = False
        """Whether the conversation has ended, or is about to: nobody can end it once more."""
        self._has_microphone = has_microphone
        self._tell = tell
        self._complain = complain
        self._hang_up = hang_up

    def take(self, line: str) -> str:
        """Return what a typed line says to the bot; nothing where it was a command."""
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
            self._complain(f"there is no command {name}; {advice}/help shows the commands, {literally}")
        elif more:
            self._complain(f"{name} stands alone; /{name} says it to the bot")
        else:
            self._carry_out(name.lower())
        return ""

    def hang_up(self) -> None:
        """End the conversation, unless it ends anyway."""
        if not self.hung_up:
            self.hung_up = True
            self._hang_up()

    def _carry_out(self, name: str) -> None:
        match name:
            case "/quit":
                self.hang_up()
            case "/help":
                for command, does in HELP.items():
                    self._tell(f"{command:<8} {does}")
            case _ if not self._has_microphone:
                self._complain(f"{name}: there is no microphone here")
            case _:
                self.muted = not self.muted and name == "/mute"
                self._tell(f"the microphone is {'off; /mute turns it on' if self.muted else 'on'}")
