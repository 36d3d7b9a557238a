"""The provider that is counted, for a provider of any kind that services bill."""

from __future__ import annotations

from typing import Any, TypeVar

from voicebot.engine.counting.chat_model import CountedChatModel
from voicebot.engine.counting.meter import Source
from voicebot.engine.counting.recognizer import CountedRecognizer
from voicebot.engine.counting.synthesizer import CountedSynthesizer
from voicebot.interfaces import Provider
from voicebot.plugin.choice import choices_in

ProviderT = TypeVar("ProviderT", bound=Provider[Any])
_COUNTED: dict[str, Any] = {
    "recognizer": CountedRecognizer,
    "chat": CountedChatModel,
    "synthesizer": CountedSynthesizer,
}


def counted(provider: ProviderT, name: str) -> ProviderT:
    """Return a provider that counts what it is used for, as `ProviderUsed`; not started, if the other is not.

    For a provider that asks others, and makes them itself from its options. One whose own options select
    others of its kind is returned as it is: those others are counted.

    Args:
        name: what configs call the provider.
    """
    kind = provider.kind
    if kind not in _COUNTED or isinstance(provider, _COUNTED[kind]):
        return provider
    if any(choice.kind == kind for choice in choices_in(provider.options)):
        return provider
    wrapped: ProviderT = _COUNTED[kind](provider, Source(kind, name))  # type: ignore[arg-type]  # of these
    return wrapped
