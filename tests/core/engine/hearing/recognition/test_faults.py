"""Recognisers that hang, leak a cancellation or break at a bad moment: the conversation goes on, or ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from voicebot import (
    DeviceError,
    Hints,
    ProviderError,
    Recognition,
    Settings,
)
from voicebot.engine.conversation import Conversation
from voicebot.events import (
    BotTurnEnded,
    ConversationEnded,
    ProviderFailed,
    ProviderNoticed,
    UserTurnEnded,
)
from voicebot.messages import DeviceEvent, RecognitionEvent
from voicebot.testing import (
    ScriptedRecognizer,
    ScriptedUser,
    converse,
    simulated,
)
from voicebot.testing.scripted import ScriptedRecognition

LOST = ProviderError("connection reset", retryable=True)
EventT = TypeVar("EventT")


def of_kind(user: ScriptedUser, kind: type[EventT]) -> list[EventT]:
    return [event for event in user.events if isinstance(event, kind)]


def asked_of(user: ScriptedUser) -> list[str]:
    """Return what the user has said according to history."""
    return [message.content for message in user.conversation.history.messages if message.role == "user"]


def turns_of(user: ScriptedUser) -> list[str]:
    return [turn.text for turn in of_kind(user, UserTurnEnded)]


class Faulty(ScriptedRecognizer):
    """Its sessions have the fault that is set here."""

    def __init__(self) -> None:
        super().__init__()
        self.write: Callable[[], object] | None = None
        self.commit: Callable[[], object] | None = None
        self.report: Callable[[], object] | None = None
        self.open: Callable[[], object] | None = None
        self.close: Callable[[], object] | None = None

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        if self.open:
            await _happens(self.open)
        session = _FaultySession(self, hints)
        self.sessions.append(session)
        try:
            yield session
        finally:
            if self.close:
                await _happens(self.close)


class _FaultySession(ScriptedRecognition):
    def __init__(self, recognizer: Faulty, hints: Hints) -> None:
        super().__init__(recognizer, hints)
        self._faulty = recognizer

    async def write(self, audio: bytes) -> None:
        if self._faulty.write:
            await _happens(self._faulty.write)
        await super().write(audio)

    async def commit(self) -> None:
        if self._faulty.commit:
            await _happens(self._faulty.commit)
        await super().commit()

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        async for event in super().__aiter__():
            if self._faulty.report:
                await _happens(self._faulty.report)
            yield event


async def _happens(fault: Callable[[], object]) -> None:
    error = fault()
    if isinstance(error, BaseException):
        raise error
    await asyncio.get_running_loop().create_future()


def hangs() -> None:
    """Wait for ever."""


def leaks() -> BaseException:
    return asyncio.CancelledError()


@pytest.mark.parametrize("fault", [hangs, leaks])
@pytest.mark.parametrize("place", ["write", "commit", "report"])
@simulated
async def test_a_session_that_hangs_or_leaks_a_cancellation_is_replaced_and_no_word_is_lost(
    place: str, fault: Callable[[], object]
) -> None:
    if (place, fault) == ("report", hangs):
        pytest.skip("there is no limit for words")
    recognizer = Faulty()
    async with converse(recognizer=recognizer) as user:
        await user.waits(1)
        setattr(recognizer, place, fault)
        await user.says("hello there")
        await user.waits(1)
        setattr(recognizer, place, None)
        await user.waits(20)
    assert turns_of(user) == ["hello there"]
    assert {event.kind for event in of_kind(user, ProviderFailed)} == {"recognizer"}
    assert of_kind(user, ProviderNoticed)[-1].message == "the recogniser works again"


@pytest.mark.parametrize("fault", [hangs, leaks])
@simulated
async def test_a_session_that_cannot_be_opened_is_replaced_and_no_word_is_lost(
    fault: Callable[[], object],
) -> None:
    recognizer = Faulty()
    async with converse(recognizer=recognizer, settings=Settings(start_timeout=5)) as user:
        await user.waits(1)
        recognizer.open = fault
        await user.says("hello there")
        recognizer.break_off(LOST)
        await user.waits(1)
        recognizer.open = None
        await user.waits(20)
    assert turns_of(user) == ["hello there"]
    assert len(recognizer.sessions) == 2


@pytest.mark.parametrize("fault", [hangs, leaks])
@simulated
async def test_a_session_that_cannot_be_closed_is_replaced_and_no_word_is_lost(
    fault: Callable[[], object],
) -> None:
    recognizer = Faulty()
    recognizer.close = fault
    async with converse(recognizer=recognizer) as user:
        await user.says("hello there", 0.6)
        recognizer.break_off(LOST)
        await user.waits(20)
    assert asked_of(user) == ["hello there"]
    assert len(recognizer.sessions) == 2


def test_a_recogniser_that_hangs_for_good_is_reported_and_the_safe_line_is_spoken() -> None:
    recognizer = Faulty()
    recognizer.write = hangs
    users: list[ScriptedUser] = []

    @simulated
    async def talk() -> None:
        async with converse(recognizer=recognizer, settings=Settings(on_error="Arr.")) as user:
            users.append(user)
            await user.says("hello there")
            await user.waits(200)

    with pytest.raises(ExceptionGroup):
        talk()
    [user] = users
    reason = "the recogniser did not take sound within 10 s (`recognizer_timeout`)"
    assert of_kind(user, ProviderFailed)[0].message == reason
    assert of_kind(user, BotTurnEnded)[-1].heard == "Arr."
    assert of_kind(user, ConversationEnded)[-1].failure == reason


@pytest.mark.parametrize("late", [0.0, 0.1])
@pytest.mark.parametrize("slowly", [False, True])
@pytest.mark.parametrize("by", ["cancelling", "hanging up", "a broken device"])
def test_a_conversation_ends_even_if_its_recogniser_breaks_at_the_same_time(
    by: str, slowly: bool, late: float
) -> None:
    class Breaking(ScriptedUser):
        broken = False

        async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
            async for event in super().__aiter__():
                if self.broken:
                    raise DeviceError("the card broke")
                yield event

    @simulated
    async def talk() -> None:
        recognizer = Faulty()
        async with converse(recognizer=recognizer) as idle:
            user = Breaking()
            conversation = Conversation(idle.conversation.bot, user)
            talking = asyncio.create_task(conversation.run())
            await asyncio.sleep(1)
            if slowly:
                session = recognizer.sessions[-1]

                async def write(audio: bytes) -> None:
                    try:
                        await asyncio.sleep(1000)
                    finally:
                        await asyncio.sleep(0.2)

                session.write = write  # type: ignore[method-assign]
                user._frames.extend(user.frames("hello", 0.1))
                await asyncio.sleep(0.2)
            recognizer.break_off(LOST)
            if by == "a broken device":
                user.broken = True
                await asyncio.sleep(late)
            else:
                await asyncio.sleep(late)
                talking.cancel() if by == "cancelling" else user.hangs_up()
            ended, _ = await asyncio.wait([talking], timeout=100)
            assert ended
            await asyncio.wait([talking])
            if by == "cancelling":
                assert talking.cancelled()
            elif by == "a broken device":
                assert isinstance(talking.exception(), DeviceError)

    talk()
