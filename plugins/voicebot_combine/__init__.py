"""Providers that stand on others of their kind: `fallback`, `retry`, `hedge` and `cache`, in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Registry

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register each for the kinds of provider that it can stand on."""
    here = "voicebot_combine"
    registry.add(
        "fallback",
        f"{here}.recognizer:FallbackRecognizer",
        f"{here}.recognizer:FallbackRecognizerOptions",
        kind="recognizer",
    )
    for name in ("fallback", "retry", "hedge"):
        module = f"{here}.{name}:{name.title()}"
        registry.add(name, f"{module}ChatModel", f"{module}ChatOptions", kind="chat")
        registry.add(name, f"{module}Synthesizer", f"{module}SynthesizerOptions", kind="synthesizer")
    registry.add("cache", f"{here}.cache:CacheSynthesizer", f"{here}.cache:CacheOptions", kind="synthesizer")
