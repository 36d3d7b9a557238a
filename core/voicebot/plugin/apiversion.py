"""The version of what plugins are written against, so that one made for another is told so, not run."""

from __future__ import annotations

from voicebot.errors import PluginError
from voicebot.plugin.packages import OURS, upgrade

API_VERSION = (1, 0)
"""Version of the public API: an addition raises the second number, what can break a plugin the first."""
ATTRIBUTE = "voicebot_api"
"""What a plugin calls the version that it was made for; one that says nothing is made for the present."""


def refuse_other_version(plugin: object, distribution: str) -> None:
    """Let a plugin pass that fits this voicebot, or says nothing about it.

    Raises:
        PluginError: it was made for another major version, or needs what a later minor version adds.
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
        f"it is made for version {_text(made_for)} of the API, and this voicebot has {_text(API_VERSION)}; "
        f"upgrade {older}: {upgrade(older)}"
    )


def _text(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
