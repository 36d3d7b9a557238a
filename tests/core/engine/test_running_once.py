"""What can be done only once is rejected the second time, and nothing is left running."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

import pytest

from voicebot import (
    AudioDevice,
    AudioFormat,
    AudioStream,
    ConversationEnded,
    DeviceEvent,
    Message,
    Options,
    ProviderError,
    TypedLine,
)
from voicebot.engine.bot import Bot
from voicebot.engine.conversation import Conversation
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedUser,
    converse,
    simulated,
)


class CountedChatModel(ScriptedChatModel):
    starts = closes = 0

    async def start(self) -> None:
        self.starts += 1

    async def aclose(self) -> None:
        self.closes += 1


class Nowhere(AudioDevice[Options]):
    def open(self) -> AbstractAsyncContextManager[AudioStream]:
        raise NotImplementedError


def bot(chat: ScriptedChatModel) -> Bot:
    recognizer, synthesizer = ScriptedRecognizer(), ScriptedSynthesizer()
    return Bot(recognizer=recognizer, chat=chat, synthesizer=synthesizer, device=Nowhere(Options()))


@simulated
async def test_a_bot_cannot_be_entered_twice() -> None:
    entered = bot(chat := CountedChatModel())
    async with entered:
        with pytest.raises(RuntimeError, match="a bot can be entered only once"):
            await entered.__aenter__()
        assert (chat.starts, chat.closes) == (1, 0)
    assert (chat.starts, chat.closes) == (1, 1)


@simulated
async def test_a_bot_cannot_be_entered_again_after_it_was_left() -> None:
    left = bot(chat := CountedChatModel())
    async with left:
        pass
    with pytest.raises(RuntimeError, match="a bot can be entered only once"):
        async with left:
            pass
    assert (chat.starts, chat.closes) == (1, 1)


@simulated
async def test_a_conversation_can_be_run_only_once() -> None:
    async with converse() as user:
        with pytest.raises(RuntimeError, match="a conversation can be run only once"):
            await user.conversation.run()
        await user.says("hello there")
        assert (await user.is_answered()).heard == "All right."
    with pytest.raises(RuntimeError, match="a conversation can be run only once"):
        await user.conversation.run()


@simulated
async def test_subscribing_after_the_end_is_an_error() -> None:
    async with converse() as user:
        await user.says("hello there")
        await user.is_answered()
    with pytest.raises(RuntimeError, match="the conversation has ended"):
        user.conversation.events()


@simulated
async def test_a_second_run_leaves_no_task() -> None:
    async with bot(ScriptedChatModel()) as entered:
        user = ScriptedUser()
        conversation = Conversation(entered, user)
        running = asyncio.create_task(conversation.run())
        await asyncio.sleep(1)
        before = asyncio.all_tasks()
        with pytest.raises(RuntimeError):
            await conversation.run()
        assert asyncio.all_tasks() == before
        user.hangs_up()
        await running


@simulated
async def test_a_conversation_continues_another_one() -> None:
    chat = ScriptedChatModel()
    before = (Message("user", "I am Ann."), Message("assistant", "Hello, Ann."))
    async with bot(chat) as entered:
        user = ScriptedUser()
        conversation = Conversation(entered, user, history=before)
        running = asyncio.create_task(conversation.run())
        await user.says("Who am I?")
        await asyncio.sleep(10)
        user.hangs_up()
        await running
    said = chat.requests[-1].messages
    assert [each for each in said if each.role != "system"] == [*before, Message("user", "Who am I?")]


class BrokenSpeaker(AudioStream):
    @property
    def speaker(self) -> AudioFormat | None:  # type: ignore[override]
        raise OSError("no such device")

    async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        yield TypedLine("")


class BrokenCounter(AudioStream):
    microphone = speaker = AudioFormat(16_000)

    @property
    def played(self) -> float:
        raise OSError("no such device")

    async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        yield TypedLine("")


@pytest.mark.parametrize("stream", [BrokenSpeaker(), BrokenCounter()], ids=["speaker", "counter"])
@simulated
async def test_a_conversation_that_cannot_be_put_together_says_why_and_ends(stream: AudioStream) -> None:
    async with bot(ScriptedChatModel()) as entered:
        conversation = Conversation(entered, stream)
        events = conversation.events()
        with pytest.raises(ProviderError, match="the conversation broke: OSError"):
            await conversation.run()
    assert [event.by async for event in events if isinstance(event, ConversationEnded)] == ["failure"]
