"""Plugins as they are installed: found by the entry-point group `voicebot` and imported, each on its own."""

from __future__ import annotations

import importlib.metadata
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from voicebot.plugin.packages import OURS
from voicebot.plugin.watch import Left, reason, watched

logger = logging.getLogger(__name__)
GROUP = "voicebot"


@dataclass(frozen=True, slots=True)
class FoundPlugin:
    """A plugin that is installed: what its entry point names, or the error of importing that."""

    name: str
    distribution: str
    version: str
    plugin: object = None
    error: Exception | None = None


def imported(
    entry_points: Iterable[importlib.metadata.EntryPoint] | None = None,
) -> tuple[FoundPlugin, ...]:
    """Import what entry points name (of all that is installed, by default), ours first for their names."""
    if entry_points is None:
        entry_points = importlib.metadata.entry_points(group=GROUP)
    found = [(entry_point, *_distribution(entry_point)) for entry_point in entry_points]
    found.sort(key=lambda each: (each[1] != OURS, each[0].name, each[1]))
    return tuple(_imported(*each) for each in found)


@cache
def installed() -> tuple[FoundPlugin, ...]:
    """Import what is installed beside voicebot, once a process."""
    return imported()


def _imported(entry_point: importlib.metadata.EntryPoint, distribution: str, version: str) -> FoundPlugin:
    name = entry_point.name
    try:
        with watched(f"plugin '{name}'", distribution):
            return FoundPlugin(name, distribution, version, entry_point.load())
    except Exception as error:  # a stranger's module may do anything while it is imported
        logger.debug("plugin %s of %s failed", name, distribution, exc_info=True)
        tell_if_left(error, name, distribution)
        return FoundPlugin(name, distribution, version, error=error)


def tell_if_left(error: Exception, name: str, distribution: str) -> None:
    """Tell of a plugin that tried to end the program, also whoever does not use it."""
    if isinstance(error, Left):
        why = reason(error)
        logger.warning("plugin '%s' of %s tried to end the program: %s", name, distribution, why)


def _distribution(entry_point: importlib.metadata.EntryPoint) -> tuple[str, str]:
    """Return name and version of what an entry point comes from, as far as its metadata are whole."""
    try:
        metadata = entry_point.dist.metadata if entry_point.dist else {"Name": "", "Version": ""}
        return str(metadata["Name"] or "unknown"), str(metadata["Version"] or "")
    except Exception:  # a damaged dist-info, of which each Python complains in its own way
        return "unknown", ""
