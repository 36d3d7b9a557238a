"""The config to use if none is given: the best one for which everything is installed.

None of them uses a service: what somebody says is sent elsewhere, or costs money, only if they ask for it by
naming a config, even if the keys of a service are in the environment.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voicebot.plugin.registry import Registration, Registry

BEST_FIRST = {
    "local": "Whisper and piper, with Ollama if it is running, on this machine",
    "offline": "pocketsphinx, espeak and a script, on this machine",
}
"""The names of configs, the best first, each with what it uses."""
SUGGESTED = "offline"
"""The one whose missing packages are reported if none can be used."""


def default_config(registry: Registry | None = None) -> Path:
    """Return the user's own config of one of these names, or the best shipped one that can be used.

    Args:
        registry: the providers that are installed, if others than those of this environment.
    """
    from voicebot.config.shipped import config_named, shipped_configs

    shipped = shipped_configs()
    for name in BEST_FIRST:
        if (own := config_named(Path(name))) != shipped.get(name):
            return own
    usable = (
        name for name in BEST_FIRST if name in shipped and not _lacks_something(shipped[name], registry)
    )
    return config_named(Path(next(usable, SUGGESTED)))


def short_name(path: Path) -> Path:
    """Return the name by which commands find a config that comes with voicebot, or the path of another."""
    from voicebot.config.shipped import shipped_configs

    return Path(path.stem) if shipped_configs().get(path.stem) == path else path


def better_default(path: Path, registry: Registry | None = None) -> tuple[str, list[str]]:
    """Return a better config than the shipped one that is used, and what to install for it; else empty."""
    from voicebot.config.shipped import shipped_configs

    shipped = shipped_configs()
    for name in BEST_FIRST:
        if name not in shipped or shipped[name] == path:
            break
        registrations = list(filter(None, _selected(shipped[name], registry)))
        if not any(each.unavailable for each in registrations):
            return name, sorted({package for each in registrations for package in each.installable})
    return "", []


def _lacks_something(path: Path, registry: Registry | None) -> bool:
    """Return whether a provider or a package that a config needs is not installed."""
    return any(registration is None or registration.missing for registration in _selected(path, registry))


def _selected(path: Path, registry: Registry | None) -> Iterator[Registration | None]:
    """Yield the provider of each section of a config; None for one that is not installed."""
    from voicebot.config.reading.extends import read_merged
    from voicebot.config.reading.tree import Scalar, Section
    from voicebot.plugin.manager import installed_plugins
    from voicebot.plugin.registry import SELECTED_ONCE

    config = read_merged(path, {}, [])
    registry = registry or installed_plugins().registry
    for kind in SELECTED_ONCE if config is not None else ():
        assert config is not None
        entry = config.root.entries.get(kind)
        if entry is None or not isinstance(entry.node, Section):
            continue
        provider = entry.node.entries.get("provider")
        if provider is not None and isinstance(provider.node, Scalar):
            yield registry.get(kind, provider.node.text)
