"""Speech on this machine: the voice `piper`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Registry

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the synthesizer of this plugin."""
    extra = "voicebot-framework[local]"
    registry.add(
        "piper",
        "voicebot_local.synthesis.synthesizer:PiperSynthesizer",
        "voicebot_local.synthesis.options:PiperOptions",
        kind="synthesizer",
        requires={"piper": extra},
        models="voicebot_local.synthesis.models:PiperModels",
    )
