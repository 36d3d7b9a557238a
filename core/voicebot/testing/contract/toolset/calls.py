"""The call that the checks of a toolset make, and how it is run."""

from __future__ import annotations

import json
import unittest
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any, ClassVar

from voicebot.errors import ProviderError
from voicebot.interfaces import Toolset
from voicebot.messages import Tool, ToolCall
from voicebot.testing.contract.failures import Unmet, expect
from voicebot.testing.contract.iteration import interleaved
from voicebot.testing.contract.provider.concurrency import ConcurrencyChecks
from voicebot.testing.contract.provider.contract import ProviderContract, do_nothing
from voicebot.testing.contract.toolset import sample
from voicebot.testing.contract.toolset.run import Caller, FailedCall, Run

_MADE_UP = " (with arguments made from its schema; if they do not suit it, set `arguments`, or `--arguments`)"


class ToolCalls(ConcurrencyChecks, ProviderContract[Toolset[Any]]):
    """Chooses a tool and its arguments, and runs it."""

    tool: ClassVar[str] = ""
    """The name of a tool that may be run as often as needed; by default the first whose effect is `reads`."""
    arguments: ClassVar[Mapping[str, Any] | None] = None
    """Arguments with which it succeeds; by default, values are made for the required ones from the schema."""

    async def _use(self, provider: Toolset[Any], midway: Callable[[], None] = do_nothing) -> None:
        (await self._run(provider, self._call(provider), midway=midway)).succeeded()

    async def _use_briefly(self, provider: Toolset[Any], number: int) -> None:
        (await self._run(provider, self._numbered(provider, number))).succeeded()

    @asynccontextmanager
    async def _paused_midway(self, provider: Toolset[Any]) -> AsyncGenerator[None, None]:
        async with aclosing(provider.call(self._call(provider), Caller())) as events:
            await anext(events, None)
            yield

    async def _give_text(self, provider: Toolset[Any], text: str) -> None:
        (await self._run(provider, self._call_with(provider, text))).complete()

    def _has_retryable(self, error: ProviderError, wanted: bool) -> None:
        if not isinstance(error, FailedCall):
            super()._has_retryable(error, wanted)

    def _call(self, provider: Toolset[Any]) -> ToolCall:
        """Return the call that the checks make."""
        tool = self._tool(provider)
        if tool is None:  # before its start
            return ToolCall("contract", self.tool or "unknown", json.dumps(self.arguments or {}))
        return ToolCall("contract", tool.name, json.dumps(self._arguments(tool)))

    def _call_with(self, provider: Toolset[Any], text: str) -> ToolCall:
        """Return the call with a text for each argument that takes any."""
        tool = self._tool(provider)
        given = sample.with_text(tool.parameters, self._arguments(tool), text) if tool is not None else None
        if tool is None or given is None:
            raise unittest.SkipTest("the tool takes no text")
        return ToolCall("contract", tool.name, json.dumps(given))

    def _numbered(self, provider: Toolset[Any], number: int) -> ToolCall:
        """Return a call that differs for each number in its id, and in its texts if the author gave none."""
        usual = self._call(provider)
        tool = self._tool(provider)
        arguments = usual.arguments
        if tool is not None and self.arguments is None:
            given = sample.with_text(tool.parameters, self._arguments(tool), f"parrot {number}")
            arguments = json.dumps(given) if given is not None else arguments
        return ToolCall(f"contract-{number}", usual.name, arguments)

    def _tool(self, provider: Toolset[Any]) -> Tool | None:
        """Return the tool that the checks run; None before its start."""
        tools = list(provider.tools())
        if not self.tool:
            found = sample.harmless(tools)
            if tools and found is None:
                raise unittest.SkipTest("no tool only reads; name one that may be run in `tool`")
            return found
        found = next((tool for tool in tools if tool.name == self.tool), None)
        if tools and found is None:
            raise Unmet(
                f"the tool {self.tool!r} of `tool`", f"tools {', '.join(tool.name for tool in tools)}"
            )
        return found

    def _arguments(self, tool: Tool) -> Mapping[str, Any]:
        return self.arguments if self.arguments is not None else sample.arguments_for(tool.parameters)

    async def _works(self, provider: Toolset[Any], call: ToolCall) -> bool:
        """Return whether a call succeeds, which may also fail."""
        try:
            return not (await self._run(provider, call)).complete().failed
        except ProviderError as error:
            expect(str(error).strip(), "an error with a message", "an error without one")
            return False
        except Unmet:
            raise
        except Exception as error:
            raise Unmet("a result or a ProviderError", f"{type(error).__name__}: {error}") from error

    async def _run(
        self,
        provider: Toolset[Any],
        call: ToolCall,
        caller: Caller | None = None,
        *,
        midway: Callable[[], None] = do_nothing,
        together: bool = False,
    ) -> Run:
        """Run a call to its end; nothing that it says may contain a secret."""
        run = Run(_MADE_UP if self.arguments is None else "")
        given = provider.call(call, caller or Caller())
        midway()
        async with aclosing(interleaved(given) if together else given) as events:
            async for event in events:
                run.add(event)
        for text in run.texts:
            expect(self.masked(text) == text, "results and progress without secrets", self.masked(text)[:200])
        return run
