"""Warnings about names that several plugins claim, by each command that uses one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot.cli.output.errors import show_warning

if TYPE_CHECKING:
    from voicebot.plugin.collector import NameConflict

_warned: set[NameConflict] = set()


def warn_of_conflicts(kind: str | None = None, name: str | None = None) -> None:
    """Warn of provider names that several plugins claim: of one kind, of one name, or all; once each."""
    from voicebot.plugin.manager import installed_plugins

    for conflict in installed_plugins().registry.conflicts:
        if kind in (None, conflict.kind) and name in (None, conflict.name):
            _warn(conflict)


def warn_of_all_conflicts() -> None:
    """Warn of all such names, those of commands too."""
    from voicebot.plugin.manager import installed_plugins

    for conflict in installed_plugins().conflicts:
        _warn(conflict)


def warn_of_command_conflicts(name: str) -> None:
    """Warn if several plugins claim the name of a command."""
    from voicebot.plugin.manager import installed_commands

    for conflict in installed_commands().conflicts:
        if conflict.name == name:
            _warn(conflict)


def _warn(conflict: NameConflict) -> None:
    if conflict not in _warned:
        _warned.add(conflict)
        show_warning(str(conflict))
