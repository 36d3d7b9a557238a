"""`voicebot plugins`: lists what is installed, what it contributes, and why something does not work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from voicebot.cli.output.errors import show_warning
from voicebot.cli.output.missing_packages import warn_of_missing_packages
from voicebot.cli.output.name_conflicts import warn_of_all_conflicts
from voicebot.cli.output.printing import echo_json
from voicebot.cli.output.tables import show_table

if TYPE_CHECKING:
    from voicebot.plugin.manager import LoadedPlugin

_HOOKS_SHOWN_BY_CONTENT = ("voicebot_register", "voicebot_commands", "voicebot_languages")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
def command(*, as_json: bool) -> None:
    """List the plugins that are installed.

    Each is shown with the providers, commands, languages and hooks it contributes, or with the reason why it
    could not be loaded. `voicebot options PROVIDER` explains a provider.
    """
    from voicebot.plugin.manager import installed_plugins

    loaded = installed_plugins().loaded
    warn_of_all_conflicts()
    if as_json:
        echo_json([_described(plugin) for plugin in loaded])
        return
    rows = [
        (plugin.name, plugin.distribution, plugin.version, kind, name)
        for plugin in loaded
        for kind, name in _contributions(plugin)
    ]
    show_table(("plugin", "from", "version", "kind", "names"), rows)
    for plugin in loaded:
        if plugin.error is not None:
            show_warning(f"plugin '{plugin.name}' of {plugin.distribution} is broken: {plugin.error}")
    warn_of_missing_packages([provider for plugin in loaded for provider in plugin.providers])


def _contributions(plugin: LoadedPlugin) -> list[tuple[str, str]]:
    """Return what a plugin contributes: a pair of kind and names for each kind."""
    if plugin.error is not None:
        return [("broken", plugin.error)]
    by_kind: dict[str, list[str]] = {}
    for registration in plugin.providers:
        by_kind.setdefault(registration.kind, []).append(registration.name)
    if plugin.commands:
        by_kind["command"] = [command.name for command in plugin.commands]
    if plugin.languages:
        by_kind["language"] = _tags(plugin)
    if hooks := [hook for hook in plugin.hooks if hook not in _HOOKS_SHOWN_BY_CONTENT]:
        by_kind["hooks"] = hooks
    return [(kind, ", ".join(names)) for kind, names in by_kind.items()] or [("", "none")]


def _described(plugin: LoadedPlugin) -> dict[str, Any]:
    return {
        "plugin": plugin.name,
        "distribution": plugin.distribution,
        "version": plugin.version,
        "error": plugin.error,
        "providers": [{"name": r.name, "kind": r.kind, "missing": r.missing} for r in plugin.providers],
        "commands": [command.name for command in plugin.commands],
        "languages": _tags(plugin),
        "hooks": list(plugin.hooks),
    }


def _tags(plugin: LoadedPlugin) -> list[str]:
    return list(dict.fromkeys(language.tag for language in plugin.languages))
