"""Which plugins are installed, without loading them."""

from __future__ import annotations

from importlib.metadata import entry_points


def installed_plugins() -> frozenset[str]:
    """Return the names of the plugins that are installed."""
    return frozenset(each.name for each in entry_points(group="voicebot"))
