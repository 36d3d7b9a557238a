"""Finding plugins by the entry-point group `voicebot`, each on its own: one that is broken stops no other."""

from __future__ import annotations

import importlib.metadata
import logging
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pluggy

from voicebot.errors import PluginError, VoicebotError
from voicebot.plugin import hookspecs
from voicebot.plugin.apiversion import refuse_other_version
from voicebot.plugin.commands import CommandEntry, Commands

if TYPE_CHECKING:
    from voicebot.plugin.registry import Registration, Registry

logger = logging.getLogger(__name__)
GROUP = "voicebot"
HOOKS = tuple(name for name in vars(hookspecs) if name.startswith("voicebot_"))


@dataclass(frozen=True, slots=True)
class LoadedPlugin:
    """A plugin that was found: what it brought, or the reason why it could not be loaded."""

    name: str
    distribution: str
    version: str
    providers: tuple[Registration, ...] = ()
    commands: tuple[CommandEntry, ...] = ()
    hooks: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class HookImplementation:
    """One plugin's implementation of a hook that is given the settings; `plugin` says whose it is."""

    plugin: str
    function: Callable[..., Any]

    def __call__(self, settings: Any) -> Any:
        return self.function(settings)


class Plugins:
    """All plugins and what they contributed.

    Args:
        entry_points: where plugins come from; by default, what is installed.
    """

    def __init__(self, entry_points: Iterable[importlib.metadata.EntryPoint] | None = None) -> None:
        from voicebot.plugin.registry import Registry

        self.registry = Registry()
        self.commands = Commands()
        self._loader = _Loader(self.commands, self.registry)
        self.loaded = self._loader.load(entry_points)

    def implementations(self, hook: str) -> list[HookImplementation]:
        """Return what plugins have hooked into, in the order in which they were loaded.

        For hooks that are asked one plugin after the other, so that what one raises is its own alone.
        """
        return self._loader.implementations(hook)

    @property
    def broken(self) -> tuple[LoadedPlugin, ...]:
        """The plugins that could not be loaded."""
        return tuple(plugin for plugin in self.loaded if plugin.error is not None)


class _Loader:
    """Loads plugins one by one; without a registry, for their commands alone."""

    def __init__(self, commands: Commands, registry: Registry | None = None) -> None:
        self._commands = commands
        self._registry = registry
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        # The hooks are historic: called once, here, they run for each plugin as that is registered below,
        # so that what they raise is that plugin's alone.
        self._manager.hook.voicebot_commands.call_historic(kwargs={"commands": commands})
        if registry is not None:
            self._manager.hook.voicebot_register.call_historic(kwargs={"registry": registry})

    def load(self, entry_points: Iterable[importlib.metadata.EntryPoint] | None) -> tuple[LoadedPlugin, ...]:
        """Load each plugin."""
        if entry_points is None:
            entry_points = importlib.metadata.entry_points(group=GROUP)
        found = [(entry_point, *_distribution(entry_point)) for entry_point in entry_points]
        # Ours first, so that nobody takes our names.
        found.sort(key=lambda each: (each[1] != "voicebot", each[0].name, each[1]))
        return tuple(self._load(*each) for each in found)

    def _load(
        self, entry_point: importlib.metadata.EntryPoint, distribution: str, version: str
    ) -> LoadedPlugin:
        name = f"{entry_point.name} of {distribution}"
        try:
            with ExitStack() as stack:
                commands = stack.enter_context(self._commands._collecting(distribution))
                providers: list[Registration] = []
                if self._registry is not None:
                    providers = stack.enter_context(self._registry._collecting(distribution))
                plugin = entry_point.load()
                refuse_other_version(plugin, distribution)
                hooks = self._register(plugin, name)
        except (Exception, SystemExit) as error:  # a stranger's module may do anything while it is imported
            logger.debug("plugin %s failed", name, exc_info=True)
            return LoadedPlugin(entry_point.name, distribution, version, error=_reason(error))
        return LoadedPlugin(entry_point.name, distribution, version, tuple(providers), tuple(commands), hooks)

    def implementations(self, hook: str) -> list[HookImplementation]:
        """Return the implementations of a hook."""
        found: list[pluggy.HookImpl] = getattr(self._manager.hook, hook).get_hookimpls()
        found = sorted(found, key=lambda each: (each.trylast, not each.tryfirst))
        return [HookImplementation(each.plugin_name, _given_settings(each)) for each in found]

    def _register(self, plugin: object, name: str) -> tuple[str, ...]:
        """Register a plugin; return the hooks that it implements."""
        hooks = self._refuse_what_never_runs(plugin)
        try:
            self._manager.register(plugin, name)
        except BaseException:
            if self._manager.get_name(plugin):  # pluggy keeps a plugin whose historic hook raised
                self._manager.unregister(plugin)
            raise
        return hooks

    def _refuse_what_never_runs(self, plugin: object) -> tuple[str, ...]:
        """Refuse a plugin that pluggy would accept and then pass over in silence; return its hooks."""
        if other := self._manager.get_name(plugin):
            raise PluginError(f"the same plugin is loaded already, as {other}")
        known = f"the hooks are: {', '.join(HOOKS)}"
        marked = {}
        for name in dir(plugin):
            options = self._manager.parse_hookimpl_opts(plugin, name)
            if options is not None:
                marked[options.get("specname") or name] = options
            elif name in HOOKS:
                raise PluginError(f"{name} is not marked with @voicebot.hookimpl")
        unknown = [name for name in marked if name not in HOOKS and not marked[name].get("optionalhook")]
        if unknown:
            raise PluginError(f"unknown hook {', '.join(unknown)}; {known}")
        if not marked:
            raise PluginError(f"it implements no hook; {known}")
        if wrapping := [name for name in marked if marked[name]["wrapper"] or marked[name]["hookwrapper"]]:
            raise PluginError(f"{', '.join(wrapping)} wraps a hook, and none can be wrapped")
        return tuple(name for name in HOOKS if name in marked)


def _given_settings(implementation: pluggy.HookImpl) -> Callable[..., Any]:
    """Return a hook's function, for pluggy lets it leave out the argument that it does not need."""
    if implementation.argnames:
        return implementation.function
    return lambda settings: implementation.function()


def _reason(error: BaseException) -> str:
    """Return in one line why a plugin could not be loaded."""
    if isinstance(error, pluggy.PluginValidationError):
        return f"its hooks do not fit: {str(error).splitlines()[-1]}"
    if isinstance(error, VoicebotError):
        return str(error)
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _distribution(entry_point: importlib.metadata.EntryPoint) -> tuple[str, str]:
    """Return name and version of what an entry point comes from, as far as its metadata are whole."""
    try:
        metadata = entry_point.dist.metadata if entry_point.dist else {"Name": "", "Version": ""}
        return str(metadata["Name"] or "unknown"), str(metadata["Version"] or "")
    except Exception:  # a damaged dist-info, of which each Python complains in its own way
        return "unknown", ""


@cache
def installed_plugins() -> Plugins:
    """Return the plugins installed beside voicebot, loaded once a process."""
    return Plugins()


@cache
def installed_commands() -> Commands:
    """Return the commands there are, without the time that it takes to load what providers need."""
    commands = Commands()
    _Loader(commands).load(None)
    return commands
