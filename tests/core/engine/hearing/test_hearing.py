"""What reaches turn-taking, and what ends a conversation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

import pytest

from voicebot import (
    FinalTranscript,
    PartialTranscript,
    Settings,
    TypedLine,
    VoiceActivity,
)
from voicebot.config.schema import TurnOptions
from voicebot.events import (
    UserFinal,
    UserTurnEnded,
)
from voicebot.testing import (
    ScriptedRecognizer,
    ScriptedUser,
    ScriptedVoiceActivity,
    converse,
    simulated,
)

SETTINGS = Settings(on_error="Arr, me ears be wet.")
EventT = TypeVar("EventT")


def of_kind(user: ScriptedUser, kind: type[EventT]) -> list[EventT]:
    return [event for event in user.events if isinstance(event, kind)]


def turns_of(user: ScriptedUser) -> list[str]:
    return [turn.text for turn in of_kind(user, UserTurnEnded)]


@pytest.mark.parametrize("nothing", [".", "?", "  ", "…", "👍", "。"])
@pytest.mark.parametrize("voice_activity", [True, False])
@simulated
async def test_a_transcript_without_a_word_is_not_a_turn(nothing: str, voice_activity: bool) -> None:
    recognizer = ScriptedRecognizer(mishears=lambda words: nothing)
    detector = {} if voice_activity else {"voice_activity": None}
    async with converse(recognizer=recognizer, **detector) as user:  # type: ignore[arg-type]
        await user.waits(0.5)
        recognizer.sessions[-1].put(PartialTranscript(nothing))
        recognizer.sessions[-1].put(FinalTranscript(nothing))
        await user.says("", 0.5)
        await user.waits(5)
        user.sends(TypedLine(" "))
        await user.waits(1)
    assert turns_of(user) == []


@simulated
async def test_a_final_that_is_answered_at_once_is_published_with_its_words() -> None:
    settings = SETTINGS.model_copy(update={"turns": TurnOptions(patience=0)})
    async with converse(settings=settings) as user:
        await user.says("hello there")
        await user.is_answered()
    assert [final.text for final in of_kind(user, UserFinal)] == ["hello there"]


@simulated
async def test_a_detector_that_breaks_ends_the_conversation_and_its_error_is_not_quoted() -> None:
    class Broken(ScriptedVoiceActivity):
        def detect(self) -> VoiceActivity:
            class Activity(VoiceActivity):
                def probability(self, frame: bytes) -> float:
                    raise ValueError("wss://x?key=SECRET")

            return Activity()

    with pytest.raises(ExceptionGroup) as caught:
        async with converse(voice_activity=Broken(), settings=SETTINGS) as user:
            await user.waits(5)
    assert str(caught.value.exceptions[0]) == "the voice activity detector broke: ValueError (-v shows where)"
    assert "SECRET" not in str(user.events)


@simulated
async def test_a_device_that_breaks_with_a_foreign_error_ends_the_conversation_with_a_reason() -> None:
    class Broken(ScriptedUser):
        async def __aiter__(self) -> AsyncIterator[bytes]:  # type: ignore[override]
            await asyncio.sleep(1)
            raise OSError("token=SECRET")
            yield b""

    with pytest.raises(ExceptionGroup) as caught:
        async with converse(settings=SETTINGS, user=Broken()) as user:
            await user.waits(5)
    assert str(caught.value.exceptions[0]) == "the conversation broke: OSError (-v shows where)"
    assert "SECRET" not in str(user.events)
