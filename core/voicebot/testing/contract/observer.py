"""The contract of an observer: it sees every event of a conversation."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

from voicebot.events import (
    BotTurnEnded,
    ConversationEnded,
    ConversationEvent,
    ConversationInfo,
    ListeningStarted,
    UserTurnEnded,
)
from voicebot.interfaces import Observer
from voicebot.testing.contract.provider import ProviderContract, nothing

_HELD = ConversationInfo("contract", "Contract", "en", datetime(2026, 1, 1, tzinfo=UTC))


class ObserverContract(ProviderContract[Observer[Any]]):
    """What an observer keeps to."""

    async def _use(self, provider: Observer[Any], midway: Callable[[], None] = nothing) -> None:
        await provider.observe(_HELD, _conversation(midway))


async def _conversation(midway: Callable[[], None]) -> AsyncIterator[ConversationEvent]:
    """Give the events of a short conversation; call `midway` in the midst of it."""
    yield ListeningStarted(0.0)
    yield UserTurnEnded(1.0, "hello")
    midway()
    yield BotTurnEnded(2.0, "Hello to you.")
    yield ConversationEnded(3.0)
