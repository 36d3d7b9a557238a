"""The contract of a toolset: what the chat model can have done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from typing import get_args

from voicebot.errors import ProviderError
from voicebot.messages import Effect, Tool, ToolCall
from voicebot.messages.tool_rules import (
    description_problem,
    name_problem,
    schema_problems,
    template_problems,
)
from voicebot.testing.contract.check import check
from voicebot.testing.contract.failures import Unmet, expect
from voicebot.testing.contract.samples import texts
from voicebot.testing.contract.toolset.calls import ToolCalls
from voicebot.testing.contract.toolset.output import captured_output
from voicebot.testing.contract.toolset.run import Caller

_AT_ONCE = 5
_QUICK = 0.02
_ATTEMPTS = 5
_LATER = 0.1
"""Seconds after a call in which its caller must not be used any more."""
_MALFORMED = ("", "{", "[]", "5", "null", '{"parrot": {}}', '"' + "x" * 100_000, "{" * 2_000)


class ToolsetContract(ToolCalls):
    """What a toolset must do.

    The checks run one tool, many times: the one named by `tool`, or else the first that only reads.
    """

    @check
    async def test_tools_are_accepted_by_chat_models(self) -> None:
        """Each `Tool` has a unique name, a description, and a schema that OpenAI's API accepts."""
        async with self._started() as provider:
            tools = list(provider.tools())
            expect(
                tools and all(isinstance(tool, Tool) for tool in tools),
                "one or more Tools",
                repr(tools)[:200],
            )
            names = [tool.name for tool in tools]
            expect(len(set(names)) == len(names), "unique names", names)
            for tool in tools:
                reasons = [name_problem(tool.name), description_problem(tool.description)]
                reasons += schema_problems(tool.parameters)
                if tool.confirm is not None:
                    reasons += template_problems(tool.confirm, tool.parameters)
                for reason in filter(None, reasons):
                    raise Unmet("tools that chat models accept", f"{tool.name}: {reason}")
                expect(tool.description.strip(), f"a description of {tool.name}", "none")
                expect(tool.effect in get_args(Effect), f"one of {get_args(Effect)} as `effect`", tool.effect)
                expect(tool.timeout is None or tool.timeout > 0, "a `timeout` above 0, or None", tool.timeout)

    @check
    async def test_tools_are_listed_quickly_and_alike(self) -> None:
        """`tools()` takes less than 20 ms, and returns the same tools before and after a call."""
        async with self._started() as provider:
            before = list(provider.tools())
            took = min([_seconds(provider.tools) for _ in range(_ATTEMPTS)])
            expect(took < _QUICK, f"less than {_QUICK:g} s", f"{took:.3f} s")
            await self._use(provider)
            after = list(provider.tools())
            expect(after == before, "the same tools after a call", f"{after!r} instead of {before!r}"[:400])

    @check
    async def test_a_call_ends_with_exactly_one_result(self) -> None:
        """A call yields progress and notices, and then exactly one `ToolResult`, which is the last event."""
        async with self._started() as provider:
            run = await self._run(provider, self._call(provider))
            result = run.complete()
            expect(not result.failed, "a call that succeeds", f"it failed: {result.text}{run.hint}")
            expect(not run.late, "nothing after the ToolResult", repr(run.late[:1])[1:-1][:200])

    @check
    async def test_what_is_said_can_be_spoken(self) -> None:
        """Lines of progress and `ToolResult.say` are plain text without markup, and progress is short."""
        async with self._started() as provider:
            (await self._run(provider, self._call(provider))).can_be_spoken()

    @check
    async def test_it_runs_outside_of_a_conversation(self) -> None:
        """A call whose caller has no conversation, as by `voicebot tools`, gives a result as well."""
        async with self._started() as provider:
            (await self._run(provider, self._call(provider), Caller(conversation=""))).succeeded()

    @check
    async def test_an_unknown_tool_fails(self) -> None:
        """A call of a tool that does not exist fails, by its result or with a `ProviderError`."""
        async with self._started() as provider:
            await self._use(provider)
            for name in ("no_such_tool", "", "__class__"):
                if await self._works(provider, ToolCall("contract-unknown", name, "{}")):
                    raise Unmet(f"a failed result for the unknown tool {name!r}", "it succeeds")

    @check
    async def test_malformed_arguments_do_no_harm(self) -> None:
        """Arguments that are no JSON, or do not fit, may fail, with at most a `ProviderError`."""
        async with self._started() as provider:
            usual = self._call(provider)
            for arguments in _MALFORMED:
                try:
                    await self._works(provider, ToolCall("contract-malformed", usual.name, arguments))
                except Unmet as error:
                    raise Unmet(
                        f"{error.expected}, for the arguments {arguments[:20]!r}", error.seen
                    ) from error
            await self._use(provider)

    @check
    async def test_any_text_is_accepted_or_refused(self) -> None:
        """An argument that is text may be in any script, empty, huge, or look like markup."""
        said = {name: text for name, (text, _) in texts.FOREIGN.items()}
        said |= {"an empty text": "", "a huge text": texts.huge(), "markup": texts.MARKUP}
        async with self._started() as provider:
            for name, text in said.items():
                try:
                    await self._works(provider, self._call_with(provider, text))
                except Unmet as error:
                    raise Unmet(f"{error.expected}, for {name}", error.seen) from error

    @check
    async def test_five_calls_at_once_are_kept_apart(self) -> None:
        """Of five calls at once, each has the result that it has on its own."""
        async with self._started() as provider:
            calls = [self._numbered(provider, number) for number in range(_AT_ONCE)]
            alone = [(await self._run(provider, call)).succeeded() for call in calls]
            again = (await self._run(provider, calls[0])).succeeded()
            async with asyncio.TaskGroup() as tasks:
                together = [
                    tasks.create_task(self._run(provider, call, together=True), name="contract: call")
                    for call in calls
                ]
        results = [task.result().succeeded() for task in together]
        if again != alone[0]:
            self.notes.append("its results vary, so only their number was compared")
            return
        for wanted, result in zip(alone, results, strict=True):
            expect(
                result == wanted, f"the result that it has on its own: {wanted!r:.120}", f"{result!r:.120}"
            )

    @check
    async def test_a_call_can_be_abandoned_after_any_event(self) -> None:
        """A consumer can stop after any event; the next call then runs as usual."""
        async with self._started() as provider:
            for count in (1, 2):
                left = count
                async with aclosing(provider.call(self._call(provider), Caller())) as events:
                    async for _ in events:
                        left -= 1
                        if not left:
                            break
                await self._use(provider)

    @check
    async def test_the_caller_is_left_alone_after_the_call(self) -> None:
        """Once a call is over or cancelled, its `ToolCaller` is not used any more."""
        async with self._started() as provider:
            whole, cut = Caller(), Caller()
            await self._run(provider, self._call(provider), whole)
            cancelled = asyncio.create_task(
                self._run(provider, self._call(provider), cut), name="contract: cancelled call"
            )
            await asyncio.sleep(0)
            cancelled.cancel()
            await asyncio.wait({cancelled})
            used = (list(whole.uses), list(cut.uses))
            await asyncio.sleep(_LATER)
            expect(used == (whole.uses, cut.uses), "no use after the end", (*whole.uses, *cut.uses))

    @check
    async def test_nothing_is_written_to_standard_output(self) -> None:
        """Neither its start nor a call writes to standard output, where a bot's dialogue goes."""
        with captured_output() as written:
            async with self._started() as provider:
                await self._use(provider)
        expect(not written, "no output", repr("".join(written))[:200])

    @check
    async def test_it_can_be_started_after_a_failed_start(self) -> None:
        """A start that failed, since the service was cut off, can be repeated once the service is back."""
        if not self._can_be_cut:
            self.cut()
        provider = self._new_provider()
        self.cut()
        try:
            await provider.start()
        except ProviderError:
            pass
        finally:
            self.restore()
        try:
            await provider.start()
            await self._use(provider)
        finally:
            await provider.aclose()


def _seconds(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began
