"""Chat models that call tools, with one fault each, derived from a correct one."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from itertools import count

from voicebot import ChatEvent, ChatRequest, ProviderError, ReplyEnded, TextDelta, Tool, ToolCall

from .faulty_models import Parrot

NUMBERS = count()


class Caller(Parrot):
    """A correct model that calls tools when it is asked for the time, and otherwise repeats what was said."""

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        said = request.messages[-1] if request.messages else None
        if request.tools and said is not None and said.role == "user" and "time" in said.content:
            for call in self.calls(request.tools):
                yield call
            yield ReplyEnded("calls")
            return
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                yield event

    def calls(self, tools: Sequence[Tool]) -> Sequence[ToolCall]:
        """Return two calls at once."""
        city = ToolCall(f"call_{next(NUMBERS)}", tools[0].name, '{"city": "Berlin"}')
        return city, ToolCall(f"call_{next(NUMBERS)}", tools[1].name, "{}")


class WritesPython(Caller):
    def calls(self, tools: Sequence[Tool]) -> Sequence[ToolCall]:
        return [replace(call, arguments="{'city': 'Berlin'}") for call in super().calls(tools)]


class LeavesArgumentsEmpty(Caller):
    def calls(self, tools: Sequence[Tool]) -> Sequence[ToolCall]:
        return [replace(call, arguments="") for call in super().calls(tools)]


class ListsItsArguments(Caller):
    def calls(self, tools: Sequence[Tool]) -> Sequence[ToolCall]:
        return [replace(call, arguments='["Berlin"]') for call in super().calls(tools)]


class CallsWhatIsNotOffered(Caller):
    def calls(self, tools: Sequence[Tool]) -> Sequence[ToolCall]:
        return [replace(call, name=f"functions.{call.name}") for call in super().calls(tools)]


class CallsWithoutId(Caller):
    def calls(self, tools: Sequence[Tool]) -> Sequence[ToolCall]:
        return [replace(call, id="") for call in super().calls(tools)[:1]]


class GivesTwoCallsOneId(Caller):
    def calls(self, tools: Sequence[Tool]) -> Sequence[ToolCall]:
        one, other = super().calls(tools)
        return [one, replace(other, id=one.id)]


class CountsFromTheStart(Caller):
    def calls(self, tools: Sequence[Tool]) -> Sequence[ToolCall]:
        return [replace(call, id=f"call_{number}") for number, call in enumerate(super().calls(tools))]


class CallsAndStops(Caller):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                yield ReplyEnded() if event == ReplyEnded("calls") else event


class OnlySaysThatItCalls(Caller):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                yield TextDelta("Calling. ") if isinstance(event, ToolCall) else event


class CallsAfterItsEnd(Caller):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        late: list[ToolCall] = []
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                if isinstance(event, ToolCall):
                    late.append(event)
                    if len(late) == 1:
                        yield event
                else:
                    yield event
        for call in late[1:]:
            yield call


class KnowsNoResults(Parrot):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        roles = {"system": "S", "user": "U", "assistant": "A"}
        if any(message.role not in roles for message in request.messages):
            raise ProviderError("the parrot knows no tools")
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                yield event


class KnowsOnlyItsOwnCalls(Caller):
    called: frozenset[str] = frozenset()

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        for message in request.messages:
            if message.calls and not {call.id for call in message.calls} <= self.called:
                raise KeyError(message.calls[0].id)
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                if isinstance(event, ToolCall):
                    self.called |= {event.id}
                yield event


class CallsWithoutTools(Caller):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        if not request.tools and request.messages and request.messages[-1].role == "tool":
            yield ToolCall(f"call_{next(NUMBERS)}", "clock", "{}")
            yield ReplyEnded("calls")
            return
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                yield event


class SaysNothingAboutResults(Caller):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        if request.messages and request.messages[-1].role == "tool":
            yield ReplyEnded()
            return
        async with aclosing(super().reply(request)) as events:
            async for event in events:
                yield event


_VALID = "calls_of_tools_are_valid"
_ENDED = "the_end_of_a_reply_says_whether_tools_were_called"
_HISTORY = "a_history_with_calls_and_results_is_answered"

FAULTS: dict[type[Parrot], str] = {
    WritesPython: _VALID,
    LeavesArgumentsEmpty: _VALID,
    ListsItsArguments: _VALID,
    CallsWhatIsNotOffered: _VALID,
    CallsWithoutId: _VALID,
    GivesTwoCallsOneId: _VALID,
    CountsFromTheStart: "ids_of_calls_are_not_repeated_in_a_conversation",
    CallsAndStops: _ENDED,
    OnlySaysThatItCalls: _ENDED,
    CallsAfterItsEnd: _ENDED,
    KnowsNoResults: _HISTORY,
    KnowsOnlyItsOwnCalls: _HISTORY,
    CallsWithoutTools: _HISTORY,
    SaysNothingAboutResults: _HISTORY,
}
