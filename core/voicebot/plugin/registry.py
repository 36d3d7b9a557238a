"""The providers that plugins have registered, by kind and name."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, ClassVar

from voicebot.errors import PluginError
from voicebot.interfaces import (
    AudioDevice,
    ChatModel,
    Observer,
    Provider,
    Recognizer,
    Synthesizer,
    TurnDetector,
    VoiceActivityDetector,
)
from voicebot.options import Options, VoiceActivityOptions
from voicebot.plugin.apiversion import API_VERSION
from voicebot.plugin.collector import Collector

KINDS: dict[str, type[Provider[Any]]] = {
    base.kind: base
    for base in (
        Recognizer,
        ChatModel,
        Synthesizer,
        AudioDevice,
        VoiceActivityDetector,
        TurnDetector,
        Observer,
    )
}
LISTED = {Observer.kind: "observers"}
"""The kinds of which a config selects any number, and the section with their list."""
SELECTED_ONCE = tuple(kind for kind in KINDS if kind not in LISTED)
"""The kinds of which a config selects one, in a section of that name."""
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Registration:
    """One provider that a config can name."""

    name: str
    kind: str
    provider: type[Provider[Any]]
    options: type[Options]
    distribution: str
    requires: Mapping[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> list[str]:
        """What to give to `pip install` for the modules that are needed and not installed."""
        return sorted({package for module, package in self.requires.items() if not _installed(module)})


class Registry(Collector[tuple[str, str], Registration]):
    """Collects what plugins offer; the kind of a provider follows from its base class."""

    api_version: ClassVar[tuple[int, int]] = API_VERSION
    """Version of the API, for a plugin that has more to offer to a later one."""

    def add(
        self,
        name: str,
        provider: type[Provider[Any]],
        options: type[Options],
        *,
        requires: Mapping[str, str] | None = None,
    ) -> None:
        """Offer `provider`, made from `options`, to configs under `name`.

        Args:
            requires: top-level modules that the provider imports when it starts, each with what to
                give to `pip install` for it, as `{"pocketsphinx": "voicebot[offline]"}`.

        Raises:
            PluginError: the name is malformed or taken, or the classes are not what they should be.
        """
        if not _NAME.fullmatch(name):
            raise PluginError(f"provider name {name!r} must be lower case words joined by '-'")
        kind = _kind_of(name, provider)
        needed = VoiceActivityOptions if kind == VoiceActivityDetector.kind else Options
        if not (inspect.isclass(options) and issubclass(options, needed)):
            raise PluginError(f"options of {name!r} must be a subclass of voicebot.{needed.__name__}")
        if taken := self._items.get((kind, name)):
            raise PluginError(f"the name {name!r} is taken by the {kind} of {taken.distribution}")
        self._items[kind, name] = Registration(
            name, kind, provider, options, self._distribution, dict(requires or {})
        )

    def get(self, kind: str, name: str) -> Registration | None:
        """Return the provider of that kind and name, if there is one."""
        return self._items.get((kind, name))

    def names(self, kind: str) -> list[str]:
        """Return the names of all providers of a kind, sorted."""
        return sorted(name for its_kind, name in self._items if its_kind == kind)

    def __iter__(self) -> Iterator[Registration]:
        order = list(KINDS)
        return iter(sorted(self._items.values(), key=lambda r: (order.index(r.kind), r.name)))


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):  # a dotted name's parent is not there, or is no package
        return False


def _kind_of(name: str, provider: type[Provider[Any]]) -> str:
    if not inspect.isclass(provider) or not issubclass(provider, tuple(KINDS.values())):
        bases = ", ".join(base.__name__ for base in KINDS.values())
        raise PluginError(f"provider {name!r} must be a subclass of one of {bases}")
    if inspect.isabstract(provider):
        missing = ", ".join(sorted(provider.__abstractmethods__))
        raise PluginError(f"provider {name!r} does not implement {missing}")
    return next(kind for kind, base in KINDS.items() if issubclass(provider, base))
