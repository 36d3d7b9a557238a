"""Names that several plugins want to have: told by each command that uses one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot.cli.output.errors import show_warning

if TYPE_CHECKING:
    from voicebot.plugin.collector import Rivalry

_told: set[Rivalry] = set()


def show_rivalries(kind: str | None = None, name: str | None = None) -> None:
    """Warn, once each, of the names of a kind of provider that are wanted by several; or of one name."""
    from voicebot.plugin.manager import installed_plugins

    for rivalry in installed_plugins().registry.rivalries:
        if kind in (None, rivalry.kind) and name in (None, rivalry.name):
            _show(rivalry)


def show_all_rivalries() -> None:
    """Warn of all names, those of commands too."""
    from voicebot.plugin.manager import installed_plugins

    for rivalry in installed_plugins().rivalries:
        _show(rivalry)


def show_rivals_of_command(name: str) -> None:
    """Warn of other commands of the same name."""
    from voicebot.plugin.manager import installed_commands

    for rivalry in installed_commands().rivalries:
        if rivalry.name == name:
            _show(rivalry)


def _show(rivalry: Rivalry) -> None:
    if rivalry not in _told:
        _told.add(rivalry)
        show_warning(str(rivalry))
