"""Sections that plugins add to configs, such as `serve`: checked like all others, and left to the plugin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from voicebot.errors import PluginError
from voicebot.plugin.collector import Collector
from voicebot.plugin.registration import (
    KINDS,
    LISTED,
    check_location,
    check_options,
    imported,
)

if TYPE_CHECKING:
    from voicebot.options import Options

_NAME = re.compile(r"[a-z]+(_[a-z0-9]+)*")
KIND = "section"
_TAKEN = ("extends", *KINDS, *LISTED.values())


class SectionRegistration:
    """One section of a config, and the class of its options, or where it is."""

    __slots__ = ("_options", "distribution", "name")

    def __init__(self, name: str, options: type[Options] | str, distribution: str) -> None:
        self.name = name
        self.distribution = distribution
        self._options = options

    @property
    def options(self) -> type[Options]:
        """The class; raises `PluginError` if it cannot be imported, or is not what it should be."""
        if not isinstance(self._options, str):
            return self._options
        found: type[Options] = imported(self._options, f"the section '{self.name}'", self.distribution)
        check_options(self.name, KIND, found)
        self._options = found
        return found

    def load(self) -> None:
        """Import the class, if that is not done yet; raise `PluginError` if that fails."""
        _ = self.options


class Sections(Collector[str, SectionRegistration]):
    """Collects the sections of plugins."""

    def add(self, name: str, options: type[Options] | str) -> None:
        """Add a section; see `Registry.add_section`."""
        if not _NAME.fullmatch(name):
            raise PluginError(f"section name {name!r} must be lower case words joined by '_'")
        if isinstance(options, str):
            check_location(name, options)
        else:
            check_options(name, KIND, options)
        if name in _TAKEN:
            raise PluginError(f"the section {name!r} is one of voicebot itself")
        if taken := self._items.get(name):
            self._record_conflict(KIND, name, taken.distribution)
            raise PluginError(f"the section {name!r} is taken by {taken.distribution}")
        self._items[name] = SectionRegistration(name, options, self._distribution)

    def get(self, name: str) -> SectionRegistration | None:
        """Return the section of that name, if there is one."""
        return self._items.get(name)

    def __iter__(self) -> Iterator[SectionRegistration]:
        return iter(sorted(self._items.values(), key=lambda section: section.name))
