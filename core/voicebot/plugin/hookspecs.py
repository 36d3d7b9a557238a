"""The hooks a plugin can implement, and the marker to implement them with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from voicebot.plugin.commands import Commands
    from voicebot.plugin.registry import Registry

PROJECT = "voicebot"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec(historic=True)
def voicebot_register(registry: Registry) -> None:
    """Register the plugin's providers: `registry.add("my-tts", MySynthesizer, MyOptions)`."""


@hookspec(historic=True)
def voicebot_commands(commands: Commands) -> None:
    """Add commands: `commands.add("greet", "Say hello.", "my_plugin.command:command")`."""
