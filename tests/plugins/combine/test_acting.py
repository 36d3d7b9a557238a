"""Wrappers of chat models that act on the world: a request reaches them unchanged, and once."""

from __future__ import annotations

from contextlib import aclosing
from typing import Any

import pytest

from voicebot import ChatModel, ChatRequest, Message
from voicebot.testing import Pause, simulated
from voicebot_combine.fallback.chat_and_voice import FallbackChatModel, FallbackChatOptions
from voicebot_combine.hedge.providers import HedgeChatModel, HedgeChatOptions
from voicebot_combine.retry import RetryChatModel, RetryChatOptions

from .conftest import Chat, Outage, ask, choice


class Clerk(Chat):
    acts = True


def retried(chat: Chat) -> ChatModel[Any]:
    return RetryChatModel(RetryChatOptions(of=choice(chat, "a"), wait=0))


def hedged(chat: Chat) -> ChatModel[Any]:
    return HedgeChatModel(HedgeChatOptions(of=choice(chat, "a"), after=1.0, most=1))


def with_spare(chat: Chat) -> ChatModel[Any]:
    return FallbackChatModel(FallbackChatOptions(of=(choice(Chat(["Spare."]), "b"), choice(chat, "a"))))


@pytest.mark.parametrize("around", [retried, hedged, with_spare])
def test_a_wrapper_of_a_model_that_acts_acts(around: Any) -> None:
    assert around(Clerk()).acts
    assert not around(Chat()).acts


@pytest.mark.parametrize("around", [retried, hedged])
@pytest.mark.parametrize("ahead", [True, False])
@simulated
async def test_whether_a_reply_is_prepared_is_passed_on(around: Any, ahead: bool) -> None:
    chat = Chat(["One."])
    request = ChatRequest((Message("user", "hello"),), "one", ahead)
    async with aclosing(around(chat).reply(request)) as events:
        assert [event async for event in events]
    assert [asked.ahead for asked in chat.requests] == [ahead]


@simulated
async def test_a_fallback_passes_on_whether_a_reply_is_prepared() -> None:
    first, second = Chat([Outage()]), Chat(["Two."])
    model = FallbackChatModel(FallbackChatOptions(of=(choice(first, "a"), choice(second, "b"))))
    async with aclosing(model.reply(ChatRequest((Message("user", "hello"),), "one", ahead=True))) as events:
        assert [event async for event in events]
    assert [asked.ahead for asked in (*first.requests, *second.requests)] == [True, True]


@simulated
async def test_a_model_that_acts_is_not_asked_twice_for_being_slow() -> None:
    clerk = Clerk([[Pause(5.0), "Booked."], "Booked twice."])
    answer = await ask(hedged(clerk))
    assert (answer.text, len(clerk.requests)) == ("Booked.", 1)


@simulated
async def test_after_a_model_that_acts_has_failed_the_second_is_asked() -> None:
    first, second = Clerk([Outage()]), Clerk(["Booked."])
    options = HedgeChatOptions(of=choice(first, "a"), second=choice(second, "b"), after=1.0)
    assert (await ask(HedgeChatModel(options))).text == "Booked."
    assert (len(first.requests), len(second.requests)) == (1, 1)
