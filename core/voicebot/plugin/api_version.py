"""The version of the plugin API, so that a plugin made for another one is refused with a reason."""

from __future__ import annotations

from voicebot.errors import PluginError
from voicebot.plugin.packages import OURS, upgrade

API_VERSION = (1, 0)
"""Version of the public API: additions raise the second number, what can break a plugin the first."""
ATTRIBUTE = "voicebot_api"
"""The attribute in which a plugin states the version it was made for; by default, the current one."""


def refuse_other_version(plugin: object, distribution: str) -> None:
    """Raise unless a plugin fits this version of the API, or states none.

    Raises:
        PluginError: the plugin was made for another major version, or needs a later minor version.
    """
    match getattr(plugin, ATTRIBUTE, API_VERSION):
        case (int() as major, int() as minor):
            made_for = major, minor
        case other:
            raise PluginError(f"{ATTRIBUTE} must be two whole numbers such as {API_VERSION}, not {other!r}")
    if made_for[0] == API_VERSION[0] and made_for <= API_VERSION:
        return
    older = OURS if made_for > API_VERSION else distribution
    raise PluginError(
        f"it was written for version {_text(made_for)} of the API, but this voicebot has "
        f"{_text(API_VERSION)}; upgrade {older}: {upgrade(older)}"
    )


def _text(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
