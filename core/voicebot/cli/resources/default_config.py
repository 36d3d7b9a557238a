"""The config to use if none is given: the user's own, or the best one for which everything is installed.

None of ours uses a service: what somebody says is sent elsewhere, or costs money, only if they ask for it by
naming a config, even if the keys of a service are in the environment.
"""

from __future__ import annotations

import re
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
PROVIDERS = {
    "local": {"recognizer": "whisper", "chat": "fallback", "synthesizer": "piper"},
    "offline": {"recognizer": "pocketsphinx", "chat": "script", "synthesizer": "espeak"},
}
"""The providers of the shipped ones, by section, so that these need not be read before each command."""
SUGGESTED = "local"
"""The one whose missing packages are reported if none can be used."""
_CONFIG = re.compile(r"""^\s*\{?\s*["']?(extends|recognizer|chat|synthesizer)["']?\s*:""", re.MULTILINE)


def default_config(registry: Registry | None = None) -> Path:
    """Return the user's own config of one of these names, or the best one that can be used.

    A file of the user's counts only if it is a config of a bot. If it is still as `voicebot init` wrote it,
    perhaps only because another one extends it, it takes the place of the shipped one.

    Args:
        registry: the providers that are installed, if others than those of this environment.
    """
    from voicebot.config.shipped import config_named, shipped_configs

    found = {name: path for name, path in shipped_configs().items() if name in BEST_FIRST}
    for name in BEST_FIRST:
        own = config_named(Path(name))
        text = _text(own) if own != found.get(name) else ""
        if _CONFIG.search(text):
            if name not in found or text != _text(found[name]):
                return own
            found[name] = own
    usable = (name for name in BEST_FIRST if name in found and not _lacks_something(name, registry))
    name = next(usable, SUGGESTED)
    return found.get(name, Path(name))


def short_name(path: Path) -> Path:
    """Return the name by which commands find a config that comes with voicebot, or the path of another."""
    from voicebot.config.shipped import config_named, shipped_configs

    if shipped_configs().get(path.stem) != path:
        return path
    name = Path(path.stem)
    return name if config_named(name) == path else path  # a file here may be in front of it


def better_default(path: Path, registry: Registry | None = None) -> tuple[str, list[str]]:
    """Return a better config than the shipped one that is used, and what to install for it; else empty."""
    from voicebot.config.shipped import shipped_configs

    shipped = shipped_configs()
    for name in BEST_FIRST:
        if name not in shipped or shipped[name] == path:
            break
        registrations = list(filter(None, _selected(name, registry)))
        if not any(each.unavailable for each in registrations):
            return name, sorted({package for each in registrations for package in each.installable})
    return "", []


def _text(path: Path) -> str:
    """Return the content of a file, or nothing if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return ""


def _lacks_something(name: str, registry: Registry | None) -> bool:
    """Return whether a provider of a shipped config, or a package that it needs, is not installed."""
    return any(each is None or each.missing for each in _selected(name, registry))


def _selected(name: str, registry: Registry | None) -> Iterator[Registration | None]:
    """Yield the registration of each provider of a shipped config; None for one that is not installed."""
    from voicebot.plugin.manager import installed_plugins

    registry = registry or installed_plugins().registry
    for kind, provider in PROVIDERS[name].items():
        yield registry.get(kind, provider)
