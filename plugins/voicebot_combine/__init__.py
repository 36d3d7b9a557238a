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
    from voicebot_combine.cache import CacheOptions, CacheSynthesizer
    from voicebot_combine.fallback import (
        FallbackChatModel,
        FallbackChatOptions,
        FallbackSynthesizer,
        FallbackSynthesizerOptions,
    )
    from voicebot_combine.hedge import (
        HedgeChatModel,
        HedgeChatOptions,
        HedgeSynthesizer,
        HedgeSynthesizerOptions,
    )
    from voicebot_combine.recognizer import FallbackRecognizer, FallbackRecognizerOptions
    from voicebot_combine.retry import (
        RetryChatModel,
        RetryChatOptions,
        RetrySynthesizer,
        RetrySynthesizerOptions,
    )

    registry.add("fallback", FallbackRecognizer, FallbackRecognizerOptions)
    registry.add("fallback", FallbackChatModel, FallbackChatOptions)
    registry.add("fallback", FallbackSynthesizer, FallbackSynthesizerOptions)
    registry.add("retry", RetryChatModel, RetryChatOptions)
    registry.add("retry", RetrySynthesizer, RetrySynthesizerOptions)
    registry.add("hedge", HedgeChatModel, HedgeChatOptions)
    registry.add("hedge", HedgeSynthesizer, HedgeSynthesizerOptions)
    registry.add("cache", CacheSynthesizer, CacheOptions)
