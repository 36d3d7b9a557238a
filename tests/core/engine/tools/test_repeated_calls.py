"""The same call again: when its earlier result still holds, and when it is run once more."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator

from voicebot import Tool, ToolCall, ToolCaller, ToolEvent, ToolResult
from voicebot.testing import Pause, ScriptedChatModel, ScriptedToolset, converse, simulated

from .scenes import asks, call, history, outcomes, settings

LOOK = Tool("look", "Reads the list.", effect="reads")
ADD = Tool("add", "Adds to the list.", {"type": "object", "properties": {"item": {"type": "string"}}})


class ShoppingList(ScriptedToolset):
    """Bread, and what is added."""

    def __init__(self) -> None:
        super().__init__([(LOOK, ""), (ADD, "")])
        self._items = ["bread"]

    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        if call.name == "add":
            self._items.append(json.loads(call.arguments)["item"])
        yield ToolResult(" ".join(self._items))


@simulated
async def test_what_was_read_before_a_change_is_read_again_after_it() -> None:
    chat = ScriptedChatModel([[call(LOOK)], [call(ADD, item="milk")], [call(LOOK)], [call(LOOK)], "Done."])
    async with converse(chat=chat, toolsets=[ShoppingList()], settings=settings()) as user:
        await asks(user, "add milk")
    assert [line for line in history(user) if line[0] == "="] == ["=bread", *["=bread milk"] * 3]
    assert outcomes(user)[2:] == [("look", "done"), ("look", "repeated")]


@simulated
async def test_what_a_withdrawn_reply_read_before_a_change_is_not_used_again() -> None:
    chat = ScriptedChatModel([[call(LOOK)], "x", [call(ADD, item="milk")], [call(LOOK)], "Done."])
    options = settings(patience=1.2)
    async with converse(chat=chat, toolsets=[ShoppingList()], settings=options) as user:
        await user.says("add milk")
        await user.waits(0.9)  # looked up in a prepared reply
        await user.says("to my list")
        await user.is_answered()
    assert outcomes(user) == [("look", "done"), ("add", "done"), ("look", "done")]
    assert history(user)[-2:] == ["=bread milk", ">Done."]


class Busy(ScriptedToolset):
    """Fails the first time."""

    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        async for event in super().call(call, caller):
            is_first = len(self.begun) == 1
            yield ToolResult("it is busy", failed=True) if is_first else event


@simulated
async def test_what_could_not_be_read_may_be_tried_again() -> None:
    chat = ScriptedChatModel([[call(LOOK)], [call(LOOK)], [call(LOOK)], "Done."])
    async with converse(chat=chat, toolsets=[Busy([(LOOK, "bread")])], settings=settings()) as user:
        await asks(user, "what is on the list")
    assert outcomes(user) == [("look", "failed"), ("look", "done"), ("look", "repeated")]
    assert history(user)[2:7:2] == ["=it is busy", "=bread", "=bread"]


@simulated
async def test_a_repetition_of_what_still_runs_when_the_user_speaks_refers_to_its_result() -> None:
    add = call(ADD, item="milk")
    chat = ScriptedChatModel([["I am going to add it now.", add, add], "Fine."])
    tools = ScriptedToolset([(ADD, [Pause(4.0), "added"])])
    async with converse(chat=chat, toolsets=[tools], settings=settings(prepare="off")) as user:
        await user.says("add milk")
        await user.waits(1.7)
        await user.says("thank you")
        await user.is_answered()
        await user.waits(3)
    results = [line for line in history(user) if line[0] == "="]
    told = "=Not run again: the same call was made before, and its result is given there."
    assert results == ["=added", told]
