"""The provider with a tap, for a provider of any kind that has one."""

from __future__ import annotations

from typing import Any, TypeVar

from voicebot.engine.taps.chat_model import TappedChatModel
from voicebot.engine.taps.recognizer import TappedRecognizer
from voicebot.engine.taps.synthesizer import TappedSynthesizer
from voicebot.engine.taps.tap import Tap
from voicebot.engine.taps.turn_detector import TappedTurnDetector

ProviderT = TypeVar("ProviderT")
_TAPPED: dict[str, Any] = {
    "recognizer": TappedRecognizer,
    "chat": TappedChatModel,
    "synthesizer": TappedSynthesizer,
    "turn_detector": TappedTurnDetector,
}


def tapped(provider: ProviderT, tap: Tap | None) -> ProviderT:
    """Return a started provider that publishes what passes; itself without a tap, and None for None."""
    if tap is None or provider is None:
        return provider
    wrapped: ProviderT = _TAPPED[provider.kind](provider, tap)  # type: ignore[attr-defined]  # of these kinds
    return wrapped
