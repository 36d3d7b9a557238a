"""One provider as a plugin registered it: its class and that of its options, or where they are.

A plugin may register the location of a class instead of the class. It is then imported only when it is used,
so that a bot does not spend time on the others, and `voicebot plugins` does not import pydantic.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from voicebot.errors import PluginError
from voicebot.plugin.import_watchdog import failure_reason, watched_import

if TYPE_CHECKING:
    from voicebot.interfaces import ModelStore, Provider
    from voicebot.options import Options

KINDS = {
    "recognizer": "Recognizer",
    "chat": "ChatModel",
    "synthesizer": "Synthesizer",
    "device": "AudioDevice",
    "voice_activity": "VoiceActivityDetector",
    "turn_detector": "TurnDetector",
    "observer": "Observer",
    "toolset": "Toolset",
}
"""The kinds of provider, each with the name of its interface."""
LISTED = {"observer": "observers", "toolset": "tools"}
"""The kinds of which a config lists any number, each with the section that lists them."""
SELECTED_ONCE = tuple(kind for kind in KINDS if kind not in LISTED)
"""The kinds of which a config selects one, in a section of the same name."""
_OPTIONS = {"toolset": "ToolsetOptions", "voice_activity": "VoiceActivityOptions"}
"""The kinds whose options have a base class of their own."""
_LOCATION = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


def interface(kind: str) -> type[Provider[Any]]:
    """Return the interface of a kind."""
    from voicebot import interfaces

    found: type[Provider[Any]] = getattr(interfaces, KINDS[kind])
    return found


class Registration:
    """One provider that a config can name.

    Args:
        provider: the class, or where it is: `module:name`.
        options: the class of its options, or where it is.
        requires: top-level modules that it imports when it starts, each with what to give to `pip install`.
        models: the class of its model store, or where it is.
    """

    __slots__ = ("_models", "_options", "_provider", "distribution", "kind", "name", "requires")

    def __init__(
        self,
        name: str,
        kind: str,
        provider: type[Provider[Any]] | str,
        options: type[Options] | str,
        distribution: str,
        requires: Mapping[str, str] | None = None,
        models: type[ModelStore] | str | None = None,
    ) -> None:
        self.name = name
        self.kind = kind
        self.distribution = distribution
        self.requires = dict(requires or {})
        self._provider = provider
        self._options = options
        self._models = models

    @property
    def provider(self) -> type[Provider[Any]]:
        """The class; raises `PluginError` if it cannot be imported, or is not what it should be."""
        if not isinstance(self._provider, str):
            return self._provider
        found: type[Provider[Any]] = self._imported(self._provider)
        check_provider(self.name, found, [self.kind])
        self._provider = found
        return found

    @property
    def options(self) -> type[Options]:
        """The class of its options, likewise."""
        if not isinstance(self._options, str):
            return self._options
        found: type[Options] = self._imported(self._options)
        check_options(self.name, self.kind, found)
        self._options = found
        return found

    @property
    def model_store(self) -> type[ModelStore] | None:
        """The class of its model store, likewise; None if it has none."""
        if not isinstance(self._models, str):
            return self._models
        found: type[ModelStore] = self._imported(self._models)
        check_model_store(self.name, found)
        self._models = found
        return found

    def load(self) -> None:
        """Import both, if that is not done yet.

        Raises:
            PluginError: one cannot be imported, or is not what it should be.
        """
        _ = self.provider, self.options

    @property
    def missing(self) -> list[str]:
        """What to give to `pip install` for the modules that are needed and not installed."""
        return sorted(set(self._missing().values()))

    @property
    def installable(self) -> list[str]:
        """What of `missing` is available for this Python and machine."""
        from voicebot.plugin.packages import unavailable

        return sorted(
            {package for module, package in self._missing().items() if not unavailable(module, package)}
        )

    @property
    def unavailable(self) -> list[str]:
        """Why some of the missing modules are not available for this Python or machine."""
        from voicebot.plugin.packages import unavailable

        reasons = (unavailable(module, package) for module, package in self._missing().items())
        return sorted({reason for reason in reasons if reason is not None})

    def _missing(self) -> dict[str, str]:
        return {module: package for module, package in self.requires.items() if not _installed(module)}

    def _imported(self, location: str) -> Any:
        return imported(location, f"the {self.kind} '{self.name}'", self.distribution)


def imported(location: str, what: str, distribution: str) -> Any:
    """Import what is at a location; raise `PluginError` if that fails."""
    module, _, name = location.partition(":")
    try:
        with watched_import(what, distribution):
            return getattr(importlib.import_module(module), name)
    except Exception as error:  # a plugin's module may raise anything while it is imported
        raise PluginError(f"{what} of {distribution} cannot be loaded: {failure_reason(error)}") from error


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):  # a dotted name's parent is missing, or not a package
        return False


def check_location(name: str, location: str) -> None:
    """Raise `PluginError` if a text is not the location of a class."""
    if not _LOCATION.fullmatch(location):
        raise PluginError(f"provider {name!r} must be a class or at 'module:name', not {location!r}")


def check_provider(name: str, provider: Any, kinds: Iterable[str]) -> None:
    """Raise `PluginError` if a provider is not of one of the given kinds, or is abstract."""
    bases = tuple(interface(kind) for kind in kinds)
    if not inspect.isclass(provider) or not issubclass(provider, bases):
        names = ", ".join(base.__name__ for base in bases)
        one = "one of " if len(bases) > 1 else ""
        raise PluginError(f"provider {name!r} must be a subclass of {one}{names}")
    if inspect.isabstract(provider):
        missing = ", ".join(sorted(provider.__abstractmethods__))
        raise PluginError(f"provider {name!r} does not implement {missing}")


def check_model_store(name: str, store: Any) -> None:
    """Raise `PluginError` if a class is not a model store, or is abstract."""
    from voicebot.interfaces import ModelStore

    if not inspect.isclass(store) or not issubclass(store, ModelStore):
        raise PluginError(f"models of {name!r} must be a subclass of voicebot.ModelStore")
    if inspect.isabstract(store):
        missing = ", ".join(sorted(store.__abstractmethods__))
        raise PluginError(f"models of {name!r} do not implement {missing}")


def check_options(name: str, kind: str, options: Any) -> None:
    """Raise `PluginError` if options are not of the class that the kind needs, or cannot be validated."""
    from voicebot import options as bases

    needed: type[Options] = getattr(bases, _OPTIONS.get(kind, "Options"))
    if not (inspect.isclass(options) and issubclass(options, needed)):
        raise PluginError(f"options of {name!r} must be a subclass of voicebot.{needed.__name__}")
    try:
        options.model_rebuild()  # reports now, not when a config is loaded, that no validator can be made
    except Exception as error:  # a plugin's type may raise anything
        reason = str(error).partition("\n")[0]
        raise PluginError(f"options of {name!r} cannot be used: {reason}") from error
