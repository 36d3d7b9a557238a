"""A conversation's events as they come, at exact times."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from voicebot import (
    BotTurnEnded,
    ConversationEnded,
    ConversationEvent,
    ConversationInfo,
    ListeningStarted,
    Observer,
    TurnTimed,
    UnitSpoken,
    UserFinal,
    UserPartial,
    UserSpeechStarted,
    UserSpeechStopped,
    UserTurnEnded,
)

STARTED = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
TIMED = TurnTimed(
    6.0, 1, speech_stopped=2.0, last_partial=1.8, prepared_at=2.2, final=2.3, decided=2.5, first_token=2.6,
    last_token=3.0, first_unit=2.7, first_byte=2.9, first_sound=3.1, prepared=2, withdrawn=1,
    wasted_tokens=40, input_tokens=120, output_tokens=30, heard_share=1.0,
)  # fmt: skip
DIALOGUE: tuple[ConversationEvent, ...] = (
    ListeningStarted(0.1),
    UserSpeechStarted(1.0),
    UserPartial(1.5, "tell me"),
    UserSpeechStopped(2.25, 2.0),
    UserFinal(2.3, "tell me more"),
    UserTurnEnded(2.5, "tell me more"),
    UnitSpoken(3.1, "Once there was a parrot."),
    BotTurnEnded(6.0, "Once there was a parrot."),
    TIMED,
    ConversationEnded(65.5),
)


def info(id: str = "c0ffee", name: str = "Polly") -> ConversationInfo:
    providers = {"recognizer": "azure-stt", "chat": "azure-openai", "synthesizer": "azure-tts"}
    return ConversationInfo(id, name, "en-GB", STARTED, providers, "gpt-x")


async def one_by_one(events: Iterable[ConversationEvent]) -> AsyncIterator[ConversationEvent]:
    for event in events:
        yield event


async def watch(
    observer: Observer[Any], events: Iterable[ConversationEvent] = DIALOGUE, conversation: Any = None
) -> None:
    """Let an observer see a conversation from its start to its close."""
    await observer.start()
    try:
        await observer.observe(conversation or info(), one_by_one(events))
    finally:
        await observer.aclose()


@pytest.fixture(name="info")
def make_info() -> Callable[..., ConversationInfo]:
    return info


@pytest.fixture(name="watch")
def make_watch() -> Callable[..., None]:
    """Return a function that lets an observer see conversations, on the real clock and with real threads."""

    def run(observer: Observer[Any], *conversations: Iterable[ConversationEvent], **names: str) -> None:
        async def all_of_them() -> None:
            for number, events in enumerate(conversations or [DIALOGUE]):
                await watch(observer, events, info(**{"id": f"c0ffee{number}", **names}))

        asyncio.run(all_of_them())

    return run


@pytest.fixture
def dialogue() -> tuple[ConversationEvent, ...]:
    """A conversation of one turn."""
    return DIALOGUE
