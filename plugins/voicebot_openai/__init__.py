"""The openai plugin."""

from __future__ import annotations

from voicebot import Registry, hookimpl


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the providers of this plugin."""
