"""A config that was checked completely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path

from voicebot.config.checking.selection import ProviderChoice
from voicebot.config.checking.tools import ToolsetSection
from voicebot.config.reading.files import FileState
from voicebot.config.schema import Settings
from voicebot.cost.prices import Prices
from voicebot.dataclass import dataclass
from voicebot.errors import Problem
from voicebot.options import Options
from voicebot.plugin.manager import Plugins
from voicebot.plugin.registry import LISTED


@dataclass(frozen=True, slots=True)
class BotConfig:
    """A config that was checked completely: settings, and a choice for each kind of provider.

    `plugins` holds the plugins that the choices were made from, whose hooks a bot uses. `toolsets` are the
    `tools` with their sections, for the places of problems that only a start can show. `sections` are those
    sections of plugins (`Registry.add_section`) that it has, `prices` the prices if it names a file of them,
    and `files` the config and those that it extends. `states` tells what was saved since: it has all files
    that the config was made from, as they were when they were read; none if the config was a pipe.
    """

    path: Path
    settings: Settings
    recognizer: ProviderChoice
    chat: ProviderChoice
    synthesizer: ProviderChoice
    device: ProviderChoice
    voice_activity: ProviderChoice | None
    turn_detector: ProviderChoice | None
    observers: tuple[ProviderChoice, ...] = ()
    tools: tuple[ProviderChoice, ...] = ()
    warnings: tuple[Problem, ...] = ()
    sections: Mapping[str, Options] = field(default_factory=dict)
    prices: Prices | None = None
    files: tuple[Path, ...] = field(default=(), compare=False)
    states: Mapping[Path, FileState] = field(default_factory=dict, repr=False, compare=False)
    toolsets: tuple[ToolsetSection, ...] = field(default=(), repr=False, compare=False)
    plugins: Plugins | None = field(default=None, repr=False, compare=False)

    def of_kind(self, kind: str) -> tuple[ProviderChoice, ...]:
        """Return what was selected of a kind: at most one, except for kinds that a config lists."""
        if kind in LISTED:
            listed: tuple[ProviderChoice, ...] = getattr(self, LISTED[kind])
            return listed
        choice: ProviderChoice | None = getattr(self, kind)
        return (choice,) if choice is not None else ()

    def with_device(self, choice: ProviderChoice) -> BotConfig:
        """Return the same config with another device."""
        return replace(self, device=choice)
