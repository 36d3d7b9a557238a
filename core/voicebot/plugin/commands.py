"""The commands of the command line: the built-in ones, and those that plugins add."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from voicebot.dataclass import dataclass
from voicebot.errors import PluginError
from voicebot.plugin.collector import Collector
from voicebot.plugin.import_watchdog import failure_reason, watched_import
from voicebot.plugin.packages import OURS

if TYPE_CHECKING:
    import click

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LOCATION = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_COMMANDS = {
    "run": "Talk to a bot.",
    "init": "Write a config to start from.",
    "check": "Report everything that is wrong with configs.",
    "doctor": "Find out what is wrong.",
    "set": "Change settings in the file CONFIG.",
    "plugins": "List the plugins that are installed.",
    "options": "Explain the options of a provider.",
    "schema": "Write the JSON Schema of a config, for an editor.",
    "devices": "List microphones and speakers.",
    "voices": "List the voices that a bot can have.",
    "tools": "List the tools that a bot's chat model may have run, or run one.",
    "models": "List, fetch and remove models.",
    "say": "Speak a text with a bot's voice.",
    "transcribe": "Transcribe a recording.",
    "new-plugin": "Write a plugin to start from.",
    "check-plugin": "Check that a provider keeps the contract of its kind.",
}


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """One command, by its location, so that nothing is imported until it is used."""

    name: str
    help: str
    location: str
    distribution: str

    def load(self) -> click.Command:
        """Import the command.

        Raises:
            PluginError: the module cannot be imported, or holds no such command.
        """
        import click

        module, _, name = self.location.partition(":")
        try:
            with watched_import(f"the command '{self.name}'", self.distribution):
                command = getattr(importlib.import_module(module), name)
        except Exception as error:  # a plugin's module may raise anything while it is imported
            raise PluginError(
                f"the command '{self.name}' of {self.distribution} cannot be loaded: {failure_reason(error)}"
            ) from error
        if not isinstance(command, click.Command):
            raise PluginError(f"the command '{self.name}' of {self.distribution} is not a click command")
        return command


class Commands(Collector[str, CommandEntry]):
    """Collects the commands that plugins add to the built-in ones."""

    def __init__(self) -> None:
        super().__init__()
        with self._collecting(OURS):
            for name, text in _COMMANDS.items():
                self.add(name, text, f"voicebot.cli.commands.{name.replace('-', '_')}:command")

    def add(self, name: str, help: str, location: str) -> None:
        """Add `voicebot NAME`.

        Args:
            help: one line for the list of commands.
            location: where the `click.Command` is, such as `my_plugin.command:command`.

        Raises:
            PluginError: the name is malformed or taken, or the location is malformed.
        """
        if not _NAME.fullmatch(name):
            raise PluginError(f"command name {name!r} must be lower case words joined by '-'")
        if not _LOCATION.fullmatch(location):
            raise PluginError(f"the command '{name}' must be at 'module:name', not {location!r}")
        if taken := self._items.get(name):
            self._record_conflict("command", name, taken.distribution)
            raise PluginError(f"the command '{name}' is taken by {taken.distribution}")
        self._items[name] = CommandEntry(name, help, location, self._distribution)

    def get(self, name: str) -> CommandEntry | None:
        """Return the command of that name, if there is one."""
        return self._items.get(name)

    def __iter__(self) -> Iterator[CommandEntry]:
        return iter(self._items.values())
