"""Finding installed plugins by the entry-point group `voicebot`, and importing each on its own."""

from __future__ import annotations

import importlib.metadata
import logging
from collections.abc import Iterable
from functools import cache

from voicebot.dataclass import dataclass
from voicebot.plugin.import_watchdog import ExitAttempt, failure_reason, watched_import
from voicebot.plugin.packages import OURS

logger = logging.getLogger(__name__)
GROUP = "voicebot"


@dataclass(frozen=True, slots=True)
class FoundPlugin:
    """An installed plugin: the object that its entry point names, or the error from importing it."""

    name: str
    distribution: str
    version: str
    plugin: object = None
    error: Exception | None = None


def import_plugins(
    entry_points: Iterable[importlib.metadata.EntryPoint] | None = None,
) -> tuple[FoundPlugin, ...]:
    """Import what entry points name (by default, all that are installed), ours first to keep their names."""
    if entry_points is None:
        entry_points = importlib.metadata.entry_points(group=GROUP)
    name_and_version = cache(_name_and_version)  # parses a file, which plugins of one distribution share
    found = [(entry_point, *name_and_version(entry_point.dist)) for entry_point in entry_points]
    found.sort(key=lambda each: (each[1] != OURS, each[0].name, each[1]))
    return tuple(_import(*each) for each in found)


@cache
def import_installed() -> tuple[FoundPlugin, ...]:
    """Import the installed plugins, once per process."""
    return import_plugins()


def _import(entry_point: importlib.metadata.EntryPoint, distribution: str, version: str) -> FoundPlugin:
    name = entry_point.name
    try:
        with watched_import(f"plugin '{name}'", distribution):
            return FoundPlugin(name, distribution, version, entry_point.load())
    except Exception as error:  # a plugin's module may raise anything while it is imported
        logger.debug("plugin %s of %s failed", name, distribution, exc_info=True)
        warn_if_exited(error, name, distribution)
        return FoundPlugin(name, distribution, version, error=error)


def warn_if_exited(error: Exception, name: str, distribution: str) -> None:
    """Warn of a plugin that tried to end the program, even if nothing of it is used."""
    if isinstance(error, ExitAttempt):
        why = failure_reason(error)
        logger.warning("plugin '%s' of %s tried to end the program: %s", name, distribution, why)


def _name_and_version(distribution: importlib.metadata.Distribution | None) -> tuple[str, str]:
    """Return the name and version of a distribution, as far as its metadata are intact.

    Only these lines are read: `distribution.metadata` parses the whole file, which holds the README too.
    """
    text = None
    if distribution is not None:
        try:
            text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO")
        except Exception as error:  # a damaged dist-info, for which each Python raises something else
            logger.debug("metadata of a distribution cannot be read: %s", error)
    lines = (text or "").partition("\n\n")[0].splitlines()
    headers = dict(line.split(": ", 1) for line in lines if ": " in line)
    return headers.get("Name", "").strip() or "unknown", headers.get("Version", "").strip()
