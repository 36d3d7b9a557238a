"""Providers that run neural models on this machine: whisper listens and piper speaks.

They need no key and no network once they are installed: a small English model and a voice come with the
extra `local`. Others are fetched by `voicebot models`. Nothing is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Registry

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the recogniser and the synthesizer of this plugin, with the stores of their models."""
    extra = "voicebot-framework[local]"
    registry.add(
        "whisper",
        "voicebot_local.recognition.recognizer:WhisperRecognizer",
        "voicebot_local.recognition.recognizer:WhisperOptions",
        kind="recognizer",
        requires={"ctranslate2": extra},
        models="voicebot_local.recognition.models:WhisperModels",
    )
    registry.add(
        "piper",
        "voicebot_local.synthesis.synthesizer:PiperSynthesizer",
        "voicebot_local.synthesis.synthesizer:PiperOptions",
        kind="synthesizer",
        requires={"piper": extra, "onnxruntime": extra},
        models="voicebot_local.synthesis.models:PiperModels",
    )
