"""Providers that wrap others of their kind: `fallback`, `retry`, `hedge` and `cache`, nested in any order.

fallback | hedge | cache | retry        the wrappers
wrapper | pending_answer                what they have in common; an answer that has not begun yet
children                                the wrapped providers
stray_cancellation | error_text         foreign cancellations and errors
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Registry

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register each one for the kinds of provider that it can wrap."""
    package = "voicebot_combine"
    registry.add(
        "fallback",
        f"{package}.fallback.recognizer:FallbackRecognizer",
        f"{package}.fallback.recognizer:FallbackRecognizerOptions",
        kind="recognizer",
    )
    for name, module in (
        ("fallback", "fallback.chat_and_voice"),
        ("retry", "retry"),
        ("hedge", "hedge.providers"),
    ):
        place = f"{package}.{module}:{name.title()}"
        registry.add(name, f"{place}ChatModel", f"{place}ChatOptions", kind="chat")
        registry.add(name, f"{place}Synthesizer", f"{place}SynthesizerOptions", kind="synthesizer")
    place = f"{package}.cache.synthesizer:Cache"
    registry.add("cache", f"{place}Synthesizer", f"{place}Options", kind="synthesizer")
