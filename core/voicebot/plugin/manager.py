"""All plugins and what they contribute, each loaded on its own: a broken one does not stop the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING, Any

import pluggy

from voicebot.dataclass import dataclass
from voicebot.errors import PluginError, VoicebotError
from voicebot.plugin import hookspecs
from voicebot.plugin.api_version import refuse_other_version
from voicebot.plugin.collector import NameConflict
from voicebot.plugin.commands import CommandEntry, Commands
from voicebot.plugin.discovery import GROUP, FoundPlugin, import_installed, import_plugins, warn_if_exited
from voicebot.plugin.import_watchdog import failure_reason, watched_import

if TYPE_CHECKING:
    import importlib.metadata

    from voicebot.languages.language import Language
    from voicebot.plugin.languages import Languages
    from voicebot.plugin.registry import Registration, Registry

__all__ = ["GROUP", "HOOKS", "LoadedPlugin", "Plugins", "installed_commands", "installed_plugins"]

logger = logging.getLogger(__name__)
HOOKS = tuple(name for name in vars(hookspecs) if name.startswith("voicebot_"))


@dataclass(frozen=True, slots=True)
class LoadedPlugin:
    """A plugin that was found: what it contributes, or why it could not be loaded."""

    name: str
    distribution: str
    version: str
    providers: tuple[Registration, ...] = ()
    commands: tuple[CommandEntry, ...] = ()
    languages: tuple[Language, ...] = ()
    hooks: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class HookImplementation:
    """One plugin's implementation of a hook that takes the settings; `plugin` names the plugin."""

    plugin: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]
    """Those that it takes, of `settings` and `config`; pluggy lets it leave out what it does not need."""
    config: object

    def __call__(self, settings: Any) -> Any:
        given = {"settings": settings, "config": self.config}
        return self.function(*(given[name] for name in self.arguments))


class Plugins:
    """All plugins and what they contribute.

    Args:
        entry_points: where plugins come from; by default, what is installed.
        found: plugins that are already imported, instead.
    """

    def __init__(
        self,
        entry_points: Iterable[importlib.metadata.EntryPoint] | None = None,
        *,
        found: Iterable[FoundPlugin] | None = None,
    ) -> None:
        from voicebot.plugin.languages import Languages
        from voicebot.plugin.registry import Registry

        if found is None:
            found = import_plugins(entry_points)
        self.registry = Registry()
        self.commands = Commands()
        self.languages = Languages()
        self._loader = _Loader(self.commands, self.registry, self.languages)
        self.loaded = self._loader.load(found)

    def implementations(self, hook: str, config: object = None) -> list[HookImplementation]:
        """Return the implementations of a hook, in the order in which plugins were loaded.

        For hooks that are called one plugin at a time, so that an exception concerns that plugin alone.

        Args:
            config: what those that take a config are called with.
        """
        return self._loader.implementations(hook, config)

    @property
    def conflicts(self) -> tuple[NameConflict, ...]:
        """The names that several plugins claim."""
        return (*self.registry.conflicts, *self.registry.sections.conflicts, *self.commands.conflicts)

    @property
    def broken(self) -> tuple[LoadedPlugin, ...]:
        """The plugins that could not be loaded."""
        return tuple(plugin for plugin in self.loaded if plugin.error is not None)


class _Loader:
    """Loads plugins one by one; without a registry and languages, only for their commands."""

    def __init__(
        self, commands: Commands, registry: Registry | None = None, languages: Languages | None = None
    ) -> None:
        self._commands = commands
        self._registry = registry
        self._languages = languages
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        # The hooks are historic: called once, here, they run for each plugin when it is registered below,
        # so that an exception concerns that plugin alone.
        self._manager.hook.voicebot_commands.call_historic(kwargs={"commands": commands})
        if registry is not None:
            self._manager.hook.voicebot_register.call_historic(kwargs={"registry": registry})
        if languages is not None:
            self._manager.hook.voicebot_languages.call_historic(kwargs={"languages": languages})

    def load(self, found: Iterable[FoundPlugin]) -> tuple[LoadedPlugin, ...]:
        """Load each plugin; the first one to claim a name keeps it."""
        return tuple(self._load(each) for each in found)

    def _load(self, found: FoundPlugin) -> LoadedPlugin:
        name, distribution, version = found.name, found.distribution, found.version
        called = f"{name} of {distribution}"
        try:
            with ExitStack() as stack:
                commands = stack.enter_context(self._commands._collecting(distribution))
                providers: list[Registration] = []
                if self._registry is not None:
                    providers = stack.enter_context(self._registry._collecting(distribution))
                languages: list[Language] = []
                if self._languages is not None:
                    languages = stack.enter_context(self._languages._collecting(distribution))
                if found.error is not None:
                    raise found.error
                with watched_import(f"plugin '{name}'", distribution):
                    refuse_other_version(found.plugin, distribution)
                    hooks = self._register(found.plugin, called)
        except Exception as error:  # a plugin's hook may raise anything
            logger.debug("plugin %s failed", called, exc_info=True)
            if error is not found.error:
                warn_if_exited(error, name, distribution)
            return LoadedPlugin(name, distribution, version, error=_reason(error))
        contributions = tuple(providers), tuple(commands), tuple(languages)
        return LoadedPlugin(name, distribution, version, *contributions, hooks)

    def implementations(self, hook: str, config: object) -> list[HookImplementation]:
        """Return the implementations of a hook."""
        found: list[pluggy.HookImpl] = getattr(self._manager.hook, hook).get_hookimpls()
        found = sorted(found, key=lambda each: (each.trylast, not each.tryfirst))
        return [
            HookImplementation(each.plugin_name, each.function, tuple(each.argnames), config)
            for each in found
        ]

    def _register(self, plugin: object, name: str) -> tuple[str, ...]:
        """Register a plugin; return the hooks that it implements."""
        hooks = self._refuse_without_effect(plugin)
        try:
            self._manager.register(plugin, name)
        except BaseException:
            if self._manager.get_name(plugin):  # pluggy keeps a plugin whose historic hook raised
                self._manager.unregister(plugin)
            raise
        return hooks

    def _refuse_without_effect(self, plugin: object) -> tuple[str, ...]:
        """Refuse a plugin that pluggy would accept and then silently ignore; return its hooks."""
        if other := self._manager.get_name(plugin):
            raise PluginError(f"the same plugin is already loaded, as {other}")
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
            raise PluginError(f"{', '.join(wrapping)} wraps a hook; hooks cannot be wrapped")
        return tuple(name for name in HOOKS if name in marked)


def _reason(error: BaseException) -> str:
    """Return why a plugin could not be loaded, in one line."""
    if isinstance(error, pluggy.PluginValidationError):
        return f"its hooks do not fit: {str(error).splitlines()[-1]}"
    if isinstance(error, VoicebotError):
        return str(error)
    return failure_reason(error)


@cache
def installed_plugins() -> Plugins:
    """Return the installed plugins, loaded once per process."""
    return Plugins(found=import_installed())


@cache
def installed_commands() -> Commands:
    """Return all commands, without spending the time to load what providers need."""
    if installed_plugins.cache_info().currsize:
        return installed_plugins().commands
    commands = Commands()
    _Loader(commands).load(import_installed())
    return commands
