"""Tool calls through wrappers: a call begins an answer, is passed on once, and a loser's is never seen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest

from voicebot import (
    ChatEvent,
    ChatModel,
    ChatRequest,
    Message,
    Notice,
    Options,
    ProviderError,
    ReplyEnded,
    TextDelta,
    Tool,
    ToolCall,
)
from voicebot.testing import Pause, simulated
from voicebot.testing.scripted import wait
from voicebot_combine.fallback.chat_and_voice import FallbackChatModel, FallbackChatOptions
from voicebot_combine.hedge.providers import HedgeChatModel, HedgeChatOptions
from voicebot_combine.retry import RetryChatModel, RetryChatOptions

from .conftest import Outage, choice

QUESTION = ChatRequest((Message("user", "book a table"),), "one", tools=(Tool("book", "Books a table."),))
ENDED = ReplyEnded("calls")


def booking(id: str) -> ToolCall:
    return ToolCall(id, "book", "{}")


class Clerk(ChatModel[Options]):
    """Gives scripted answers of events, pauses and errors, in order."""

    def __init__(self, *answers: list[ChatEvent | Pause | Exception]) -> None:
        super().__init__(Options())
        self.answers = list(answers)
        self.requests: list[ChatRequest] = []

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        self.requests.append(request)
        for step in self.answers[len(self.requests) - 1]:
            if isinstance(step, Pause):
                await wait(step.seconds)
            elif isinstance(step, Exception):
                raise step
            else:
                yield step


async def outcome(model: ChatModel[Any], request: ChatRequest = QUESTION) -> tuple[list[ChatEvent], str]:
    """Return the events of a reply, and the error that ended it."""
    events: list[ChatEvent] = []
    try:
        async with aclosing(model.reply(request)) as reply:
            async for event in reply:
                events.append(event)  # noqa: PERF401 - an error would take them along
    except ProviderError as error:
        return events, str(error)
    return events, ""


def retried(clerk: Clerk) -> ChatModel[Any]:
    return RetryChatModel(RetryChatOptions(of=choice(clerk, "a"), wait=0))


def with_spare(clerk: Clerk) -> ChatModel[Any]:
    spare = Clerk([booking("spare"), ENDED])
    return FallbackChatModel(FallbackChatOptions(of=(choice(clerk, "a"), choice(spare, "b")), timeout=2))


def hedged(clerk: Clerk) -> ChatModel[Any]:
    spare = Clerk([booking("spare"), ENDED])
    options = HedgeChatOptions(of=choice(clerk, "a"), second=choice(spare, "b"), after=1.0, most=1)
    return HedgeChatModel(options)


AROUND = [retried, with_spare, hedged]


@pytest.mark.parametrize("around", AROUND)
@simulated
async def test_a_reply_that_only_calls_is_an_answer(around: Any) -> None:
    clerk = Clerk([booking("a"), booking("b"), ENDED])
    assert await outcome(around(clerk)) == ([booking("a"), booking("b"), ENDED], "")
    assert clerk.requests == [QUESTION]


@pytest.mark.parametrize("around", AROUND)
@simulated
async def test_silence_after_the_result_of_a_tool_is_an_answer(around: Any) -> None:
    clerk = Clerk([Pause(0.1), ReplyEnded()])
    called = Message("assistant", "Goodbye.", (booking("a"),)), Message("tool", "Done.", answers="a")
    request = ChatRequest((*QUESTION.messages, *called), "one", tools=QUESTION.tools)
    assert await outcome(around(clerk), request) == ([ReplyEnded()], "")
    assert clerk.requests == [request]


@pytest.mark.parametrize("around", AROUND)
@simulated
async def test_after_a_call_a_failure_is_raised_and_nobody_is_asked_again(around: Any) -> None:
    clerk = Clerk([booking("a"), Pause(0.1), Outage()], [booking("again"), ENDED])
    events, error = await outcome(around(clerk))
    assert [event for event in events if not isinstance(event, Notice)] == [booking("a")]
    assert error == "the service is away"
    assert len(clerk.requests) == 1


@simulated
async def test_a_retry_after_a_failure_before_the_call_calls_once() -> None:
    clerk = Clerk([Pause(0.1), Outage()], [booking("second"), ENDED])
    assert await outcome(retried(clerk)) == ([booking("second"), ENDED], "")


@simulated
async def test_a_reply_that_announces_calls_without_any_is_no_answer() -> None:
    clerk = Clerk([ENDED], [booking("second"), ENDED])
    assert await outcome(retried(clerk)) == ([booking("second"), ENDED], "")


@pytest.mark.parametrize("late", [[Pause(3.0), booking("late"), ENDED], [Pause(float("inf"))]])
@simulated
async def test_the_calls_of_the_loser_of_a_hedge_are_never_seen(late: Any) -> None:
    assert await outcome(hedged(Clerk(late))) == ([booking("spare"), ENDED], "")
    await asyncio.sleep(10)
    assert len(asyncio.all_tasks()) == 1


@simulated
async def test_the_calls_of_a_second_that_loses_are_never_seen() -> None:
    first = Clerk([Pause(1.2), booking("first"), ENDED])
    second = Clerk([Pause(0.5), booking("second"), ENDED])
    options = HedgeChatOptions(of=choice(first, "a"), second=choice(second, "b"), after=1.0, most=1)
    assert await outcome(HedgeChatModel(options)) == ([booking("first"), ENDED], "")
    assert len(second.requests) == 1


@simulated
async def test_calls_that_begin_at_the_same_time_are_made_by_one_of_the_two() -> None:
    first = Clerk([Pause(1.5), booking("first"), ENDED])
    second = Clerk([Pause(0.5), booking("second"), ENDED])
    options = HedgeChatOptions(of=choice(first, "a"), second=choice(second, "b"), after=1.0, most=1)
    events, _ = await outcome(HedgeChatModel(options))
    assert events in ([booking("first"), ENDED], [booking("second"), ENDED])


@simulated
async def test_a_slow_call_moves_a_fallback_on_and_is_not_made_later() -> None:
    clerk = Clerk([Pause(9.0), booking("late"), ENDED])
    events, error = await outcome(with_spare(clerk))
    assert [event for event in events if isinstance(event, ToolCall)] == [booking("spare")]
    assert error == ""


@simulated
async def test_text_before_a_call_that_fails_is_not_followed_by_another_models_call() -> None:
    clerk = Clerk([TextDelta("One moment."), Pause(0.1), Outage()])
    events, error = await outcome(with_spare(clerk))
    assert [event for event in events if isinstance(event, ToolCall)] == []
    assert error == "the service is away"
