"""The commands that can be typed during a conversation, such as `/help`, `/mute` and `/voice`."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Protocol

from voicebot.cli.output.printing import columns

HELP = {
    "/mute": "turn the microphone off or on again",
    "/unmute": "turn the microphone on",
    "/voice NAME": "speak with another voice",
    "/model NAME": "ask another chat model of the same provider",
    "/set SECTION.OPTION=VALUE": "change any other setting, such as turns.patience=quick",
    "/quit": "end the conversation at once, like Ctrl-C",
    "/help": "show the commands",
    "//": "say something that begins with / to the bot",
}

_NAMES = tuple(command.partition(" ")[0] for command in HELP)
_WITH_ARGUMENTS = tuple(command.partition(" ")[0] for command in HELP if " " in command)
_COLUMN = max(len(command) for command in HELP)
_BESIDE = 60
"""Columns of a terminal that has room for what commands do beside their names."""


class Configurable(Protocol):
    """What commands change."""

    def choose(self, kind: str, name: str) -> None:
        """Use another voice (`synthesizer`) or model (`chat`); without a name, show which one is used."""

    def set(self, setting: str) -> None:
        """Set an option, such as `synthesizer.rate=180`."""

    async def settled(self) -> None:
        """Wait until all that was asked for is applied, or has failed."""


class SlashCommands:
    """Executes commands; everything else that is typed is for the bot.

    Args:
        has_microphone: False if lines are only typed.
        show: shows a line that answers the user.
        show_error: shows a line that says why a command did nothing.
        hang_up: ends the conversation.
        config: the config of the bot.
    """

    def __init__(
        self,
        *,
        has_microphone: bool,
        show: Callable[[str], None],
        show_error: Callable[[str], None],
        hang_up: Callable[[], None],
        config: Configurable,
    ) -> None:
        self.muted = False
        """Whether the user has turned the microphone off."""
        self.hung_up = False
        """Whether the conversation has ended or is about to, so that it cannot be ended again."""
        self._has_microphone = has_microphone
        self._show = show
        self._show_error = show_error
        self._hang_up = hang_up
        self._config = config

    def take(self, line: str) -> str:
        """Return what a typed line says to the bot; nothing if it was a command."""
        line = line.strip()
        if not line.startswith("/"):
            return line
        if line.startswith("//"):
            return line[1:]
        name, _, more = line.partition(" ")
        if name.lower() not in _NAMES:
            near = get_close_matches(name.lower(), _NAMES, n=1)
            advice = f"did you mean {near[0]}? " if near else ""
            literally = f"/{name} says it to the bot"
            self._show_error(f"no such command {name}; {advice}/help shows the commands, {literally}")
        elif name.lower() in _WITH_ARGUMENTS:
            self._configure(name.lower(), more.strip())
        elif more:
            self._show_error(f"{name} takes no arguments; /{name} says it to the bot")
        else:
            self._execute(name.lower())
        return ""

    async def settled(self) -> None:
        """Wait until what commands set is used, or has failed."""
        await self._config.settled()

    def hang_up(self) -> None:
        """End the conversation, unless it is already ending."""
        if not self.hung_up:
            self.hung_up = True
            self._hang_up()

    def _configure(self, name: str, argument: str) -> None:
        match name:
            case "/voice":
                self._config.choose("synthesizer", argument)
            case "/model":
                self._config.choose("chat", argument)
            case _:
                self._config.set(argument)

    def _execute(self, name: str) -> None:
        match name:
            case "/quit":
                self.hang_up()
            case "/help":
                narrow = (columns(err=True) or _BESIDE) < _BESIDE
                for command, does in HELP.items():
                    self._show(f"{command}: {does}" if narrow else f"{command:<{_COLUMN}} {does}")
            case _ if not self._has_microphone:
                self._show_error(f"{name}: there is no microphone here")
            case _:
                self.muted = not self.muted and name == "/mute"
                self._show(f"the microphone is {'off; /mute turns it on' if self.muted else 'on'}")
