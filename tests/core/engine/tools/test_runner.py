"""Calls as tasks of a conversation: some do not stop, are cancelled by others, or outlive their reply."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

from voicebot import (
    ConversationEnded,
    ProviderNoticed,
    ToolCall,
    ToolCaller,
    ToolEnded,
    ToolEvent,
    ToolResult,
)
from voicebot.testing import Pause, ScriptedChatModel, ScriptedToolset, converse, simulated

from .scenes import BOOK, WEATHER, asks, call, history, outcomes, settings


class Odd(ScriptedToolset):
    """Does something odd before it gives its result."""

    def __init__(self, odd: Callable[[], Awaitable[None]]) -> None:
        super().__init__([(BOOK, ""), (WEATHER, "")])
        self._odd = odd

    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        await self._odd()
        yield ToolResult("table 4")


async def ignores_cancellation() -> None:
    until = asyncio.get_running_loop().time() + 30
    while (left := until - asyncio.get_running_loop().time()) > 0:
        try:
            await asyncio.sleep(left)
        except asyncio.CancelledError:
            continue


async def cancels_its_own_task() -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(1)


@simulated
async def test_a_reply_goes_on_without_a_tool_that_does_not_stop() -> None:
    chat = ScriptedChatModel([[call(BOOK, people=2)], "I am not sure."])
    async with converse(
        chat=chat, toolsets=[Odd(ignores_cancellation)], settings=settings(timeout=2)
    ) as user:
        assert await asks(user, "book a table") == ["I am not sure."]
    (ended,) = (event for event in user.events if isinstance(event, ToolEnded))
    assert (ended.outcome, round(ended.seconds, 2)) == ("timeout", 3.0)
    assert ended.text == "The tool does not stop. Whether it was done is not known."
    assert history(user)[2] == f"={ended.text}"


@simulated
async def test_the_limits_of_several_tools_that_do_not_stop_do_not_add_up() -> None:
    cities = [call(WEATHER, city=city) for city in ("Bonn", "Rome", "Oslo")]
    chat = ScriptedChatModel([cities, "I am not sure."])
    options = settings(timeout=2, prepare="off")
    async with converse(chat=chat, toolsets=[Odd(ignores_cancellation)], settings=options) as user:
        assert await asks(user, "the weather") == ["I am not sure."]
    assert outcomes(user) == [("weather", "timeout")] * 3
    seconds = [event.seconds for event in user.events if isinstance(event, ToolEnded)]
    assert [round(each, 2) for each in seconds] == [3.0] * 3


@simulated
async def test_a_tool_that_does_not_stop_does_not_keep_the_conversation_from_ending() -> None:
    chat = ScriptedChatModel([[call(BOOK, people=2)], "I am not sure."])
    tools = [Odd(ignores_cancellation)]
    async with converse(chat=chat, toolsets=tools, settings=settings(timeout=2)) as user:
        await asks(user, "book a table")
        hung_up = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - hung_up < 7.5  # 5 s to finish, 1 s to stop
    notices = [event for event in user.events if isinstance(event, ProviderNoticed)]
    assert [event.message for event in notices] == ["the tool 'book' does not stop; it is left running"]
    assert isinstance(user.events[-1], ConversationEnded)


@simulated
async def test_a_call_whose_task_a_library_cancels_has_failed() -> None:
    chat = ScriptedChatModel([[call(BOOK, people=2)], "I am not sure."])
    async with converse(chat=chat, toolsets=[Odd(cancels_its_own_task)], settings=settings()) as user:
        assert await asks(user, "book a table") == ["I am not sure."]
    assert outcomes(user) == [("book", "failed")]
    assert history(user)[2] == "=The tool was broken off. Whether it was done is not known."


@simulated
async def test_the_same_change_is_not_made_again_while_it_is_being_made() -> None:
    chat = ScriptedChatModel(
        [["I am going to book it now.", call(BOOK, people=2)], [call(BOOK, people=2)], "Done."]
    )
    tools = ScriptedToolset([(BOOK, [Pause(4), "table 4"])])
    async with converse(chat=chat, toolsets=[tools], settings=settings(prepare="off")) as user:
        await user.says("book a table")
        await user.waits(1.7)
        await user.says("come on book the table")
        assert (await user.is_answered()).interrupted
        assert (await user.is_answered()).heard == "Done."
    assert len(tools.begun) == 1
    assert [line for line in history(user) if line[0] == "="] == [
        "=table 4",
        "=Already done, so not run again: table 4",
    ]


@simulated
async def test_a_call_that_outlives_the_conversation_ends_before_observers_are_told_so() -> None:
    chat = ScriptedChatModel([["I am going to book it now.", call(BOOK, people=2)], "Hm."])
    tools = ScriptedToolset([(BOOK, [Pause(4.0), "table 4"])])
    async with converse(chat=chat, toolsets=[tools], settings=settings(prepare="off")) as user:
        await user.says("book a table")
        await user.waits(1.7)
        await user.says("stop")
        user.hangs_up()
    kinds = [type(event) for event in user.events if isinstance(event, ToolEnded | ConversationEnded)]
    assert kinds == [ToolEnded, ConversationEnded]


@simulated
async def test_a_conversation_that_is_cancelled_stops_its_calls_at_once() -> None:
    chat = ScriptedChatModel([["I am going to book it now.", call(BOOK, people=2)], "Hm."])
    tools = ScriptedToolset([(BOOK, [Pause(4.0), "table 4"])])
    began = asyncio.get_running_loop().time()
    try:
        async with converse(chat=chat, toolsets=[tools], settings=settings(prepare="off")) as user:
            await user.says("book a table")
            await user.waits(1.7)
            raise KeyError
    except* KeyError:
        pass
    assert asyncio.get_running_loop().time() - began < 2.8
    assert tools.cancelled == 1
    assert history(user)[3:] == ["=Stopped: the conversation ended. Whether it was done is not known."]
