"""Checks of tool calls; a chat model that calls no tools has only to accept a history in which some were."""

from __future__ import annotations

import json
import unittest
from typing import Any

from voicebot.interfaces import ChatModel
from voicebot.messages import Message, Tool, ToolCall
from voicebot.testing.contract.chat import histories
from voicebot.testing.contract.chat.contract_members import ContractMembers
from voicebot.testing.contract.chat.reply import Reply
from voicebot.testing.contract.check import check
from voicebot.testing.contract.failures import Unmet, expect

CLOCK = Tool(
    "clock",
    "Tells the time in a city.",
    {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "Name of the city."}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "reads",
)
LAMP = Tool("turn_on_the_lamp", "Turns on the lamp in the living room.")
TOOLS = (CLOCK, LAMP)


class ToolCallChecks(ContractMembers):
    """What a chat model must do if tools are offered to it."""

    @check
    async def test_calls_of_tools_are_valid(self) -> None:
        """A call names a tool that was offered, with an id of its own and a JSON object as arguments."""
        async with self._started() as provider:
            calls = (await self._called(provider)).calls
            names = {tool.name for tool in TOOLS}
            for call in calls:
                expect(call.name in names, f"one of the tools {', '.join(sorted(names))}", repr(call.name))
                expect(_is_object(call.arguments), "a JSON object as arguments", repr(call.arguments))
                expect(call.id.strip(), "an id for each call", repr(call))
            ids = [call.id for call in calls]
            expect(len(set(ids)) == len(ids), "a different id for each call", ids)

    @check
    async def test_the_end_of_a_reply_says_whether_tools_were_called(self) -> None:
        """`ReplyEnded` comes last, with the reason `calls` if the reply calls tools, and only then."""
        async with self._started() as provider:
            reply = await self._ask_for_a_call(provider)
            if reply.calls or any(isinstance(event, ToolCall) for event in reply.late):
                reply.ends_last()
            assert reply.ended is not None
            expect(
                bool(reply.calls) == (reply.ended.reason == "calls") or reply.ended.reason == "filtered",
                "the reason calls" if reply.calls else "another reason than calls, without any",
                reply.ended.reason,
            )

    @check
    async def test_ids_of_calls_are_not_repeated_in_a_conversation(self) -> None:
        """A call does not have the id of an earlier one in the conversation."""
        async with self._started() as provider:
            first = (await self._called(provider)).calls
            asked = Message("user", self.tool_question)
            results = tuple(Message("tool", "Noon.", answers=call.id) for call in first)
            history = (asked, Message("assistant", "", tuple(first)), *results, Message("assistant", "Noon."))
            later = await self._ask(provider, (histories.SYSTEM, *history, asked), tools=TOOLS)
            repeated = {call.id for call in first if call.id} & {call.id for call in later.calls}
            expect(not repeated, "ids that do not occur in the history", repeated)

    @check
    async def test_a_history_with_calls_and_results_is_answered(self) -> None:
        """A history with calls and results is answered, whichever model called, also without tools."""
        turn = (
            Message("user", self.tool_question),
            Message(
                "assistant",
                "One moment.",
                (ToolCall("call_1", CLOCK.name, '{"city": "Berlin"}'), ToolCall("call_2", LAMP.name, "{}")),
            ),
            Message("tool", "12:30", answers="call_1"),
            Message("tool", '{"lamp": "on"}', answers="call_2"),
        )
        again = (*turn, Message("assistant", "Half past twelve."), Message("user", "Thank you."))
        only_calls = (turn[0], Message("assistant", "", turn[1].calls[:1]), turn[2])
        async with self._started() as provider:
            for history in (turn, again, only_calls):
                for tools in (TOOLS, ()):
                    reply = await self._ask(provider, (histories.SYSTEM, *history), tools=tools)
                    expect(reply.text.strip() or reply.calls, "an answer", "nothing")

    async def _called(self, provider: ChatModel[Any]) -> Reply:
        """Return a reply with calls; skip the check if there are none."""
        reply = await self._ask_for_a_call(provider)
        if not reply.calls:
            raise unittest.SkipTest(
                "it called no tool; set `tool_question` if there is a question for which it does"
            )
        return reply

    async def _ask_for_a_call(self, provider: ChatModel[Any]) -> Reply:
        reply = await self._ask(
            provider, (histories.SYSTEM, Message("user", self.tool_question)), tools=TOOLS
        )
        if not (reply.calls or reply.text.strip()):
            raise Unmet("words or a call", "nothing")
        return reply


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
