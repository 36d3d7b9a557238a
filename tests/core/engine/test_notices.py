"""Notices that providers send to observers: published, and without any other effect."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from voicebot.config.schema import ReplyOptions, Settings, TurnOptions
from voicebot.events import ProviderFailed, ProviderNoticed, ReplyStarted, TurnTimed, UserFinal
from voicebot.messages import ChatEvent, ChatRequest, Notice, SynthesisEvent, Utterance
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedUser,
    converse,
    simulated,
)
from voicebot.testing.scripted import wait

SETTINGS = Settings(on_error="", turns=TurnOptions(prepare="off"))


def of(user: ScriptedUser, kind: type) -> list:
    return [event for event in user.events if isinstance(event, kind)]


class NoticingChatModel(ScriptedChatModel):
    """Sends a notice each second, a number of times, before it replies."""

    def __init__(self, notices: int) -> None:
        super().__init__()
        self.notices = notices

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        for number in range(self.notices):
            await wait(1.0)
            yield Notice(f"notice {number}")
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                yield event


class NoticingSynthesizer(ScriptedSynthesizer):
    """Sends a notice before each utterance, and speaks it half a second later."""

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        yield Notice("the spare voice speaks now")
        await wait(0.5)
        async with aclosing(super().synthesize(utterance)) as events:
            async for event in events:
                yield event


@simulated
async def test_a_notice_of_the_chat_model_is_published_and_is_not_a_first_token() -> None:
    async with converse(chat=NoticingChatModel(2), settings=SETTINGS) as user:
        await user.says("hello")
        await user.is_answered()

    first, second = of(user, ProviderNoticed)
    (started,) = of(user, ReplyStarted)
    (timed,) = of(user, TurnTimed)
    assert (first.kind, first.message, second.message) == ("chat", "notice 0", "notice 1")
    assert started.at == timed.first_token == second.at + 0.3
    assert [message.content for message in user.conversation.history.messages] == ["hello", "All right."]


@simulated
async def test_notices_do_not_keep_a_chat_model_alive_that_writes_nothing() -> None:
    settings = SETTINGS.model_copy(update={"reply": ReplyOptions(chat_timeout=2.5)})
    async with converse(chat=NoticingChatModel(10), settings=settings) as user:
        await user.says("hello")
        await user.waits(6.0)

    (failed,) = of(user, ProviderFailed)
    assert failed.message == (
        "the chat model wrote nothing for 2.5 s; raise `reply.chat_timeout` if it needs longer"
    )
    assert len(of(user, ProviderNoticed)) == 2


@simulated
async def test_a_notice_of_the_synthesizer_is_published_and_is_not_a_first_byte() -> None:
    async with converse(synthesizer=NoticingSynthesizer(), settings=SETTINGS) as user:
        await user.says("hello")
        await user.is_answered()

    (notice,) = of(user, ProviderNoticed)
    (timed,) = of(user, TurnTimed)
    assert (notice.kind, notice.message) == ("synthesizer", "the spare voice speaks now")
    assert timed.first_byte == notice.at + 0.5 + 0.15


@simulated
async def test_a_notice_of_the_recogniser_is_published_and_does_not_affect_the_turn() -> None:
    recognizer = ScriptedRecognizer()
    async with converse(recognizer=recognizer, settings=SETTINGS) as user:
        await user.waits(0.1)
        recognizer.sessions[0].put(Notice("another one listens now"))
        await user.says("hello")
        await user.is_answered()

    (notice,) = of(user, ProviderNoticed)
    assert (notice.kind, notice.message) == ("recognizer", "another one listens now")
    assert [event.text for event in of(user, UserFinal)] == ["hello"]


def test_a_notice_does_not_count_as_a_sign_that_a_recogniser_works() -> None:
    recognizer = ScriptedRecognizer()

    @simulated
    async def conversation() -> None:
        async with converse(recognizer=recognizer, settings=SETTINGS) as user:
            for _ in range(60):
                await user.waits(1.0)
                recognizer.sessions[-1].put(Notice("nothing works"))
                await user.waits(0.02)
                recognizer.break_off(RuntimeError("broken"))
            await user.waits(5.0)

    with pytest.raises(ExceptionGroup):
        conversation()
    assert len(recognizer.sessions) < 40


@simulated
async def test_every_request_names_its_conversation() -> None:
    requests: list[str] = []

    class Chat(ScriptedChatModel):
        def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
            requests.append(request.conversation)
            return super().reply(request)

    class Voice(ScriptedSynthesizer):
        def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
            requests.append(utterance.conversation)
            return super().synthesize(utterance)

    recognizer = ScriptedRecognizer()
    async with converse(
        recognizer=recognizer, chat=Chat(), synthesizer=Voice(), settings=Settings(on_error="")
    ) as user:
        await user.says("hello")
        await user.is_answered()
        identity = user.conversation.id

    assert len(identity) == 32
    assert set(requests) == {identity}
    assert recognizer.sessions[0].hints.conversation == identity
