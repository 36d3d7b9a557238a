"""The providers that plugins have registered, by kind and name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from voicebot.errors import PluginError
from voicebot.plugin.api_version import API_VERSION
from voicebot.plugin.collector import Collector
from voicebot.plugin.registration import (
    KINDS,
    LISTED,
    SELECTED_ONCE,
    Registration,
    check_location,
    check_model_store,
    check_options,
    check_provider,
    interface,
)
from voicebot.plugin.sections import Sections

if TYPE_CHECKING:
    from voicebot.interfaces import ModelStore, Provider
    from voicebot.options import Options

__all__ = ["KINDS", "LISTED", "SELECTED_ONCE", "Registration", "Registry", "interface"]

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Registry(Collector[tuple[str, str], Registration]):
    """Collects the providers of plugins; the kind of a provider follows from its base class."""

    api_version: ClassVar[tuple[int, int]] = API_VERSION
    """Version of the API, so that a plugin can offer more to a later one."""

    def __init__(self) -> None:
        super().__init__()
        self.sections = Sections()
        """The sections that plugins add to configs."""

    def add(
        self,
        name: str,
        provider: type[Provider[Any]] | str,
        options: type[Options] | str,
        *,
        kind: str | None = None,
        requires: Mapping[str, str] | None = None,
        models: type[ModelStore] | str | None = None,
    ) -> None:
        """Let configs select `provider`, made from `options`, by `name`.

        Args:
            provider: the class, or its location, such as `my_plugin.voice:MyVoice`; it is then imported when
                it is used.
            options: the class of its options, or its location.
            kind: the section of a config that selects it; needed unless `provider` is a class, from which
                the kind follows.
            requires: top-level modules that the provider imports when it starts, each with the requirement
                for `pip install`, such as `{"pocketsphinx": "voicebot-framework[offline]"}`.
            models: for a provider that runs models on this machine, the class of the store that lists and
                fetches them, or its location; it is imported by `voicebot models` only.

        Raises:
            PluginError: the name is malformed or taken, or the classes are unsuitable.
        """
        if not _NAME.fullmatch(name):
            raise PluginError(f"provider name {name!r} must be lower case words joined by '-'")
        kind = _kind(name, provider, kind)
        if isinstance(options, str):
            check_location(name, options)
        else:
            check_options(name, kind, options)
        if isinstance(models, str):
            check_location(name, models)
        elif models is not None:
            check_model_store(name, models)
        if taken := self._items.get((kind, name)):
            self._record_conflict(kind, name, taken.distribution)
            raise PluginError(f"the name {name!r} is taken by the {kind} of {taken.distribution}")
        self._items[kind, name] = Registration(
            name, kind, provider, options, self._distribution, requires, models
        )

    def add_section(self, name: str, options: type[Options] | str) -> None:
        """Let configs have a section `name`, which is checked like all others and means what the plugin says.

        `BotConfig.sections` holds it; commands that do not know it ignore it.

        Args:
            options: the class of its options, or its location, such as `my_plugin.options:MyOptions`; it is
                then imported when a config has the section.

        Raises:
            PluginError: the name is malformed or taken, or the class is unsuitable.
        """
        self.sections.add(name, options)

    @contextmanager
    def _collecting(self, distribution: str) -> Iterator[list[Registration]]:
        with self.sections._collecting(distribution), super()._collecting(distribution) as added:
            yield added

    def get(self, kind: str, name: str) -> Registration | None:
        """Return the provider of that kind and name, if there is one."""
        return self._items.get((kind, name))

    def names(self, kind: str) -> list[str]:
        """Return the names of all providers of a kind, sorted."""
        return sorted(name for its_kind, name in self._items if its_kind == kind)

    def __iter__(self) -> Iterator[Registration]:
        order = list(KINDS)
        return iter(sorted(self._items.values(), key=lambda r: (order.index(r.kind), r.name)))


def _kind(name: str, provider: type[Provider[Any]] | str, said: str | None) -> str:
    """Return the kind of a provider, from its interface, or as the plugin says if it is not imported yet."""
    if said not in (None, *KINDS):
        raise PluginError(f"provider {name!r} is registered as a {said!r}; the kinds are {', '.join(KINDS)}")
    if not isinstance(provider, str):
        kinds = [said] if said else list(KINDS)
        check_provider(name, provider, kinds)
        return next(kind for kind in kinds if issubclass(provider, interface(kind)))
    check_location(name, provider)
    if said is None:
        known = ", ".join(KINDS)
        raise PluginError(f"provider {name!r} is registered by its location, so give its kind: {known}")
    return said
