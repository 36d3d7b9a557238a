"""Toolsets with one fault each, derived from a correct one."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from pydantic import SecretStr

from voicebot import (
    ProviderError,
    Tool,
    ToolCall,
    ToolCaller,
    ToolEvent,
    ToolProgress,
    ToolResult,
    Toolset,
    ToolsetOptions,
)

WORDS = {"type": "object", "properties": {"words": {"type": "string"}}, "required": ["words"]}


class AviaryOptions(ToolsetOptions):
    allow: tuple[str, ...] = ("echo",)
    key: SecretStr = SecretStr("polly-wants-a-cracker")
    """A secret."""


class Aviary(Toolset[AviaryOptions]):
    """A correct toolset whose tool repeats words. The faulty ones derive from it."""

    def __init__(self, options: AviaryOptions) -> None:
        super().__init__(options)
        self.connected = True

    async def start(self) -> None:
        if not self.connected:
            raise ProviderError("the parrot flew away", retryable=True)

    def tools(self) -> Sequence[Tool]:
        return [Tool("feed", "Feeds a parrot.", effect="writes"), self.echo()]

    def echo(self) -> Tool:
        return Tool("echo", "Repeats words.", WORDS, "reads")

    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        if call.name not in {"echo", "feed"}:
            yield ToolResult(f"there is no tool {call.name!r}", failed=True)
            return
        yield ToolProgress("Listening to the parrot")
        await asyncio.sleep(0.001)
        if not self.connected:
            raise ProviderError("the parrot flew away", retryable=True)
        yield self.result(call, caller)

    def result(self, call: ToolCall, caller: ToolCaller) -> ToolResult:
        try:
            return ToolResult(f"Polly says {json.loads(call.arguments)['words']}.")
        except (ValueError, TypeError, KeyError):
            return ToolResult("the arguments do not fit", failed=True)


class HasABlankInItsName(Aviary):
    def tools(self) -> Sequence[Tool]:
        return [*super().tools(), Tool("preen feathers", "Preens.")]


class HasTwoOfOneName(Aviary):
    def tools(self) -> Sequence[Tool]:
        return [*super().tools(), Tool("feed", "Feeds another parrot.")]


class SaysNothingAboutATool(Aviary):
    def tools(self) -> Sequence[Tool]:
        return [*super().tools(), Tool("preen", " ")]


class TakesAList(Aviary):
    def tools(self) -> Sequence[Tool]:
        return [*super().tools(), Tool("preen", "Preens.", {"type": "array", "items": {}})]


class AsksForWhatItDoesNotGet(Aviary):
    def tools(self) -> Sequence[Tool]:
        return [*super().tools(), Tool("preen", "Preens.", confirm="Shall I preen {wing}?")]


class HasAnEffectOfItsOwn(Aviary):
    def tools(self) -> Sequence[Tool]:
        effect: Any = "destroys"
        return [*super().tools(), Tool("moult", "Moults.", effect=effect)]


class ListsSlowly(Aviary):
    def tools(self) -> Sequence[Tool]:
        time.sleep(0.025)
        return super().tools()


class ListsOthersEachTime(Aviary):
    count = 0

    def tools(self) -> Sequence[Tool]:
        self.count += 1
        return [replace(tool, description=f"{tool.description} {self.count}") for tool in super().tools()]


class NeverAnswers(Aviary):
    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        yield ToolProgress("Listening")


class AnswersTwice(Aviary):
    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        async with aclosing(super().call(call, caller)) as events:
            async for event in events:
                yield event
        yield ToolResult("Polly says so again.")


class ReportsAfterItsAnswer(Aviary):
    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        async with aclosing(super().call(call, caller)) as events:
            async for event in events:
                yield event
        yield ToolProgress("Done")


class GivesBareText(Aviary):
    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        bare: Any = "Polly says ahoy."
        yield bare
        yield ToolResult("Polly says ahoy.")


class AlwaysFails(Aviary):
    def result(self, call: ToolCall, caller: ToolCaller) -> ToolResult:
        return ToolResult("Polly is asleep", failed=True)


class TalksForLong(Aviary):
    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        yield ToolProgress("Listening to what the parrot has to say " * 4)
        async with aclosing(super().call(call, caller)) as events:
            async for event in events:
                yield event


class ReportsInMarkup(Aviary):
    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        yield ToolProgress('{"status": "listening"}')
        async with aclosing(super().call(call, caller)) as events:
            async for event in events:
                yield event


class ReportsInLines(Aviary):
    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        yield ToolProgress("Listening\nto the parrot")
        async with aclosing(super().call(call, caller)) as events:
            async for event in events:
                yield event


class NeedsAConversation(Aviary):
    def result(self, call: ToolCall, caller: ToolCaller) -> ToolResult:
        if not caller.conversation:
            return ToolResult("nobody is there", failed=True)
        return super().result(call, caller)


class KnowsEveryTool(Aviary):
    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        async with aclosing(super().call(replace(call, name="echo"), caller)) as events:
            async for event in events:
                yield event if isinstance(event, ToolProgress) else ToolResult("Polly did it.")


class RaisesForUnknownTools(Aviary):
    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        _ = {tool.name: tool for tool in self.tools()}[call.name]
        async with aclosing(super().call(call, caller)) as events:
            async for event in events:
                yield event


class ReadsJsonAsItComes(Aviary):
    def result(self, call: ToolCall, caller: ToolCaller) -> ToolResult:
        return ToolResult(f"Polly says {json.loads(call.arguments)['words']}.")


class SpeaksEnglishOnly(Aviary):
    def result(self, call: ToolCall, caller: ToolCaller) -> ToolResult:
        result = super().result(call, caller)
        result.text.encode("latin-1")
        return result


class RemembersOneCall(Aviary):
    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        self.latest = call
        async with aclosing(super().call(call, caller)) as events:
            async for event in events:
                yield event

    def result(self, call: ToolCall, caller: ToolCaller) -> ToolResult:
        return super().result(self.latest if call.name == "echo" else call, caller)


class RunsOneAtATime(Aviary):
    def __init__(self, options: AviaryOptions) -> None:
        super().__init__(options)
        self.perch = asyncio.Lock()

    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        async with self.perch, aclosing(super().call(call, caller)) as events:
            async for event in events:
                yield event


class CannotBeAbandoned(Aviary):
    busy = False

    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        if self.busy:
            yield ToolResult("Polly still speaks", failed=True)
            return
        async with aclosing(super().call(call, caller)) as events:
            async for event in events:
                try:
                    yield event
                except GeneratorExit:
                    self.busy = True
                    raise


class RemembersLater(Aviary):
    def result(self, call: ToolCall, caller: ToolCaller) -> ToolResult:
        asyncio.get_running_loop().call_later(0.02, caller.remember, "what Polly said")
        return super().result(call, caller)


class Prints(Aviary):
    def result(self, call: ToolCall, caller: ToolCaller) -> ToolResult:
        print("Polly speaks")
        return super().result(call, caller)


class WritesBelowPython(Aviary):
    async def start(self) -> None:
        await super().start()
        os.write(1, b"Polly starts\n")


class TellsItsSecret(Aviary):
    def result(self, call: ToolCall, caller: ToolCaller) -> ToolResult:
        result = super().result(call, caller)
        return replace(result, text=f"{result.text} My key is {self.options.key.get_secret_value()}.")


class SwallowsCancellation(Aviary):
    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        try:
            async with aclosing(super().call(call, caller)) as events:
                async for event in events:
                    yield event
        except asyncio.CancelledError:
            yield ToolResult("Polly did not hear that.")


class BlocksTheLoop(Aviary):
    def result(self, call: ToolCall, caller: ToolCaller) -> ToolResult:
        time.sleep(0.1)
        return super().result(call, caller)


class StaysBroken(Aviary):
    failed = False

    async def start(self) -> None:
        if self.failed:
            raise ProviderError("it failed before")
        self.failed = not self.connected
        await super().start()


class LeaksItsLibrarysErrors(Aviary):
    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        try:
            async with aclosing(super().call(call, caller)) as events:
                async for event in events:
                    yield event
        except ProviderError as error:
            raise ConnectionResetError("Connection reset by peer") from error


class AsksAShell(Aviary):
    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        words = call.arguments
        if "$(" in words:
            os.system(f"true {json.loads(words)['words']}")  # noqa: ASYNC221, S605 - which is the fault
        async with aclosing(super().call(call, caller)) as events:
            async for event in events:
                yield event


FAULTS: dict[type[Aviary], str] = {
    HasABlankInItsName: "tools_are_accepted_by_chat_models",
    HasTwoOfOneName: "tools_are_accepted_by_chat_models",
    SaysNothingAboutATool: "tools_are_accepted_by_chat_models",
    TakesAList: "tools_are_accepted_by_chat_models",
    AsksForWhatItDoesNotGet: "tools_are_accepted_by_chat_models",
    HasAnEffectOfItsOwn: "tools_are_accepted_by_chat_models",
    ListsSlowly: "tools_are_listed_quickly_and_alike",
    ListsOthersEachTime: "tools_are_listed_quickly_and_alike",
    NeverAnswers: "a_call_ends_with_exactly_one_result",
    AnswersTwice: "a_call_ends_with_exactly_one_result",
    ReportsAfterItsAnswer: "a_call_ends_with_exactly_one_result",
    GivesBareText: "a_call_ends_with_exactly_one_result",
    AlwaysFails: "a_call_ends_with_exactly_one_result",
    TalksForLong: "what_is_said_can_be_spoken",
    ReportsInMarkup: "what_is_said_can_be_spoken",
    ReportsInLines: "what_is_said_can_be_spoken",
    NeedsAConversation: "it_runs_outside_of_a_conversation",
    KnowsEveryTool: "an_unknown_tool_fails",
    RaisesForUnknownTools: "an_unknown_tool_fails",
    ReadsJsonAsItComes: "malformed_arguments_do_no_harm",
    SpeaksEnglishOnly: "any_text_is_accepted_or_refused",
    RemembersOneCall: "five_calls_at_once_are_kept_apart",
    RunsOneAtATime: "a_use_that_waits_does_not_block_another",
    CannotBeAbandoned: "a_call_can_be_abandoned_after_any_event",
    RemembersLater: "the_caller_is_left_alone_after_the_call",
    Prints: "nothing_is_written_to_standard_output",
    WritesBelowPython: "nothing_is_written_to_standard_output",
    TellsItsSecret: "a_call_ends_with_exactly_one_result",
    SwallowsCancellation: "cancelled_at_any_await_it_stops_within_250_ms",
    BlocksTheLoop: "the_event_loop_is_never_blocked",
    StaysBroken: "it_can_be_started_after_a_failed_start",
    LeaksItsLibrarysErrors: "a_lost_network_raises_a_retryable_provider_error",
    AsksAShell: "a_text_is_never_a_command",
}

MANY = {NeverAnswers, GivesBareText, AlwaysFails, TellsItsSecret, CannotBeAbandoned}
"""No call of theirs is as it should be, so that other checks notice them too."""
