"""Finding plugins by the entry-point group `voicebot`, each on its own: one that is broken stops no other."""

from __future__ import annotations

import importlib.metadata
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import pluggy

from voicebot.errors import PluginError, VoicebotError
from voicebot.plugin import hookspecs
from voicebot.plugin.registry import Registration, Registry

logger = logging.getLogger(__name__)
GROUP = "voicebot"


@dataclass(frozen=True, slots=True)
class LoadedPlugin:
    """A plugin that was found: what it brought, or the reason why it could not be loaded."""

    name: str
    distribution: str
    version: str
    providers: tuple[Registration, ...] = ()
    error: str | None = None


class Plugins:
    """All plugins and what they registered.

    Args:
        entry_points: where plugins come from; by default, what is installed.
    """

    def __init__(self, entry_points: Iterable[importlib.metadata.EntryPoint] | None = None) -> None:
        self.registry = Registry()
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        if entry_points is None:
            entry_points = importlib.metadata.entry_points(group=GROUP)
        ours_first = sorted(entry_points, key=lambda e: (_distribution(e)[0] != "voicebot", e.name))
        self.loaded = tuple(self._load(entry_point) for entry_point in ours_first)

    @property
    def broken(self) -> tuple[LoadedPlugin, ...]:
        """The plugins that could not be loaded."""
        return tuple(plugin for plugin in self.loaded if plugin.error is not None)

    def _load(self, entry_point: importlib.metadata.EntryPoint) -> LoadedPlugin:
        distribution, version = _distribution(entry_point)
        before = self.registry.snapshot()
        self.registry.registering(distribution)
        try:
            self._register(entry_point)
        except Exception as error:  # a stranger's module may raise anything while it is imported
            self.registry.restore(before)
            reason = str(error) if isinstance(error, VoicebotError) else f"{type(error).__name__}: {error}"
            logger.debug("plugin %s of %s failed", entry_point.name, distribution, exc_info=True)
            return LoadedPlugin(entry_point.name, distribution, version, error=reason)
        added = tuple(r for key, r in self.registry.snapshot().items() if key not in before)
        return LoadedPlugin(entry_point.name, distribution, version, added)

    def _register(self, entry_point: importlib.metadata.EntryPoint) -> None:
        plugin = entry_point.load()
        if misspelt := [n for n in _hooks(plugin) if not hasattr(hookspecs, n)]:
            known = ", ".join(n for n in vars(hookspecs) if n.startswith("voicebot_"))
            raise PluginError(f"unknown hook {', '.join(misspelt)}; the hooks are: {known}")
        if "voicebot_register" not in _hooks(plugin):
            raise PluginError(f"{entry_point.value} has no @hookimpl function voicebot_register(registry)")
        self._manager.register(plugin, name=f"{entry_point.name}@{_distribution(entry_point)[0]}")
        try:
            caller = self._manager.subset_hook_caller(
                "voicebot_register", [p for p in self._manager.get_plugins() if p is not plugin]
            )
            caller.call_historic(kwargs={"registry": self.registry})
            self._manager.check_pending()
        except BaseException:
            self._manager.unregister(plugin)
            raise


def _hooks(plugin: object) -> list[str]:
    """Return names of the plugin's attributes that are, or by their name mean to be, hooks."""
    return [name for name in vars(plugin) if name.startswith("voicebot_") and callable(vars(plugin)[name])]


def _distribution(entry_point: importlib.metadata.EntryPoint) -> tuple[str, str]:
    return (entry_point.dist.name, entry_point.dist.version) if entry_point.dist else ("unknown", "")


@cache
def installed_plugins() -> Plugins:
    """Return the plugins installed beside voicebot, loaded once a process."""
    return Plugins()
