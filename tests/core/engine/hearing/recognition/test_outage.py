"""How long a recogniser may be unavailable, and what is reported of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from voicebot import Hints, ProviderError, Recognition, Settings
from voicebot.engine.speaking.playback.listening_tone import listening_tone
from voicebot.events import (
    BotTurnEnded,
    ConversationEnded,
    ProviderFailed,
    ProviderNoticed,
    UserTurnEnded,
)
from voicebot.testing import (
    ScriptedRecognizer,
    ScriptedUser,
    converse,
    simulated,
)
from voicebot.testing.scripted import SPEAKER

LOST = ProviderError("connection reset", retryable=True)
SETTINGS = Settings(on_error="Arr, me ears be wet.")
EventT = TypeVar("EventT")


def of_kind(user: ScriptedUser, kind: type[EventT]) -> list[EventT]:
    return [event for event in user.events if isinstance(event, kind)]


def turns_of(user: ScriptedUser) -> list[str]:
    return [turn.text for turn in of_kind(user, UserTurnEnded)]


def ending(recognizer: ScriptedRecognizer) -> tuple[ScriptedUser, str]:
    """Talk until the conversation fails; return the user and the reason."""
    users = []

    @simulated
    async def talk() -> None:
        async with converse(recognizer=recognizer, settings=SETTINGS) as user:
            users.append(user)
            await user.says("hello there")
            await user.waits(0.5)
            recognizer.refusals = [ProviderError("the key is not accepted")] * 100
            if recognizer.sessions:
                recognizer.break_off(LOST)
            await user.waits(300)

    with pytest.raises(ExceptionGroup) as caught:
        talk()
    return users[0], str(caught.value.exceptions[0])


@simulated
async def test_a_recogniser_that_closes_idle_sessions_is_reopened_without_a_report() -> None:
    class Impatient(ScriptedRecognizer):
        @asynccontextmanager
        async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
            async with super().listen(hints) as session:
                asyncio.get_running_loop().call_later(60, self.sessions[-1].put, None)
                yield session

    recognizer = Impatient()
    async with converse(recognizer=recognizer, settings=SETTINGS) as user:
        await user.waits(620)
        await user.says("still there")
        await user.is_answered()
    assert len(recognizer.sessions) >= 10
    assert of_kind(user, ProviderFailed) == []
    assert turns_of(user) == ["still there"]


@simulated
async def test_a_recogniser_that_has_worked_may_be_unavailable_for_a_while_and_no_word_is_lost() -> None:
    recognizer = ScriptedRecognizer()
    async with converse(recognizer=recognizer, settings=SETTINGS) as user:
        await user.says("are you there", 0.3)
        await user.waits(0.1)
        recognizer.refusals = [ProviderError("the key is not accepted"), *[LOST] * 12]
        recognizer.break_off(LOST)
        await user.is_answered()  # with what was recognised before
        await user.waits(30)
        await user.says("and what is this")
        await user.is_answered()
    assert recognizer.refusals == []
    assert turns_of(user) == ["are you there", "and what is this"]
    assert len(of_kind(user, ProviderFailed)) == 2


@simulated
async def test_an_outage_before_the_first_word_is_waited_out_like_any_other() -> None:
    recognizer = ScriptedRecognizer()
    recognizer.refusals = [LOST] * 20
    async with converse(recognizer=recognizer) as user:
        await user.waits(45)
        await user.says("hello there")
        await user.is_answered()
    assert turns_of(user) == ["hello there"]
    assert [event.message for event in of_kind(user, ProviderFailed)] == ["connection reset"]
    assert [event.message for event in of_kind(user, ProviderNoticed)] == ["the recogniser works again"]


def test_a_recogniser_that_never_worked_is_given_up_at_once_if_its_error_is_not_retryable() -> None:
    recognizer = ScriptedRecognizer()
    recognizer.refusals = [ProviderError("the key is not accepted")] * 2

    user, reason = ending(recognizer)

    assert reason == "the key is not accepted"
    assert of_kind(user, ConversationEnded)[0].at < 3


def test_a_recogniser_that_does_not_begin_to_listen_is_given_up() -> None:
    class Hanging(ScriptedRecognizer):
        @asynccontextmanager
        async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
            await asyncio.get_running_loop().create_future()
            async with super().listen(hints) as session:
                yield session

    _, reason = ending(Hanging())
    assert reason == "the recogniser did not begin to listen within 30 s (`start_timeout`)"


def test_the_bot_says_only_its_safe_line_and_ends_when_recognition_is_lost_for_good() -> None:
    user, reason = ending(ScriptedRecognizer(final_delay=5))
    assert reason == "the key is not accepted"
    assert [turn.heard for turn in of_kind(user, BotTurnEnded)] == ["All right.", "Arr, me ears be wet."]
    assert turns_of(user) == ["hello there"]  # as far as it was recognised before
    assert of_kind(user, ConversationEnded)[0].failure == reason


def test_there_is_no_listening_tone_after_recognition_is_lost_for_good() -> None:
    tones: list[float] = []

    class Attentive(ScriptedUser):
        async def write(self, audio: bytes) -> None:
            if audio == listening_tone(SPEAKER):
                tones.append(self.played)
            await super().write(audio)

    recognizer = ScriptedRecognizer()

    @simulated
    async def talk() -> None:
        settings = SETTINGS.model_copy(update={"listening_tone": True})
        async with converse(recognizer=recognizer, settings=settings, user=Attentive()) as user:
            await user.waits(1)
            recognizer.refusals = [ProviderError("the key is not accepted")] * 100
            recognizer.break_off(LOST)
            await user.waits(300)

    with pytest.raises(ExceptionGroup, match="unhandled"):
        talk()
    assert tones == [0.0]  # at the start


@simulated
async def test_silence_during_an_outage_is_not_the_users() -> None:
    recognizer = ScriptedRecognizer()
    settings = Settings.model_validate(
        {"idle": {"after": 3, "prompts": ["Hello?"]}, "goodbye": {"after": 12}}
    )
    async with converse(recognizer=recognizer, voice_activity=None, settings=settings) as user:
        await user.waits(1)
        recognizer.refusals = [LOST] * 10
        recognizer.break_off(LOST)
        await user.waits(10)
        await user.says("are you there", 0.8)
        await user.waits(10)
    assert turns_of(user) == ["are you there"]
    assert next(turn.heard for turn in of_kind(user, BotTurnEnded)) == "All right."


@simulated
async def test_silence_is_counted_from_zero_after_an_outage() -> None:
    recognizer = ScriptedRecognizer()
    settings = Settings.model_validate({"goodbye": {"after": 12, "line": ""}})
    async with converse(recognizer=recognizer, settings=settings) as user:
        await user.waits(1)
        recognizer.refusals = [LOST] * 10
        recognizer.break_off(LOST)
        await user.waits(60)
    back = of_kind(user, ProviderNoticed)[0].at
    assert back > 12
    assert of_kind(user, ConversationEnded)[0].at == pytest.approx(back + 12)
