"""One call of a toolset: each thing that can go wrong has one defined result."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest

from voicebot import (
    Notice,
    Tool,
    ToolCall,
    ToolCaller,
    ToolEvent,
    ToolProgress,
    ToolResult,
    Toolset,
    ToolsetOptions,
)
from voicebot.engine.tools.catalogue import OfferedTool
from voicebot.engine.tools.invocation import Outcome, invoke
from voicebot.errors import ProviderError
from voicebot.testing import simulated

UNKNOWN = " Whether it was done is not known."


class Caller(ToolCaller):
    """Takes no effect."""

    def end_conversation(self) -> None: ...

    def stay_silent(self) -> None: ...

    def set_patience(self, earliest: float, latest: float) -> None: ...

    def remember(self, fact: str) -> None: ...


class Foreign(Toolset[ToolsetOptions]):
    """Does whatever it is given as `run`."""

    def __init__(self, run: Callable[[], Any]) -> None:
        super().__init__(ToolsetOptions(allow=("it",)))
        self._run = run

    def tools(self) -> tuple[Tool, ...]:
        return ()

    def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        events: AsyncGenerator[ToolEvent, None] = self._run()
        return events


async def run(
    what: Callable[[], Any], *, effect: Any = "writes", notices: list[str] | None = None
) -> tuple[ToolResult, Outcome]:
    offered = OfferedTool(Tool("it", "", effect=effect), Foreign(what), "it")
    said = [] if notices is None else notices
    call = ToolCall("1", "it", "{}")
    return await invoke(offered, call, Caller(), timeout=2.0, progress=said.append, notice=said.append)


async def works() -> AsyncGenerator[ToolEvent, None]:
    yield ToolProgress("Nearly.")
    yield Notice("spare server")
    yield ToolResult("done")


async def says_it_failed() -> AsyncGenerator[ToolEvent, None]:
    yield ToolResult("it is full", failed=True)


async def is_closed() -> AsyncGenerator[ToolEvent, None]:
    raise ProviderError("the shop is closed")
    yield


async def is_cut_off() -> AsyncGenerator[ToolEvent, None]:
    raise ProviderError("the connection was lost", retryable=True)
    yield


async def breaks() -> AsyncGenerator[ToolEvent, None]:
    raise KeyError("secret")
    yield


async def exits() -> AsyncGenerator[ToolEvent, None]:
    raise SystemExit(1)
    yield


class Panic(BaseException):
    """Is no `Exception`, as in libraries made with PyO3."""


async def panics() -> AsyncGenerator[ToolEvent, None]:
    raise Panic
    yield


async def leaks() -> AsyncGenerator[ToolEvent, None]:
    raise asyncio.CancelledError
    yield


async def gives_nothing() -> AsyncGenerator[ToolEvent, None]:
    return
    yield


async def gives_two() -> AsyncGenerator[ToolEvent, None]:
    yield ToolResult("one")
    yield ToolResult("two")


async def gives_words() -> AsyncGenerator[Any, None]:
    yield "words"


async def hangs() -> AsyncGenerator[ToolEvent, None]:
    await asyncio.get_running_loop().create_future()
    yield


async def is_no_generator() -> None:
    return None


async def breaks_after() -> AsyncGenerator[ToolEvent, None]:
    yield ToolResult("done")
    raise KeyError("secret")


async def hangs_after() -> AsyncGenerator[ToolEvent, None]:
    yield ToolResult("done")
    await asyncio.get_running_loop().create_future()


def raises_at_once() -> None:
    raise KeyError("secret")


@pytest.mark.parametrize(
    ("what", "text", "outcome"),
    [
        (works, "done", "done"),
        (says_it_failed, "it is full", "failed"),
        (is_closed, "The shop is closed.", "failed"),
        (is_cut_off, f"The connection was lost.{UNKNOWN}", "failed"),
        (breaks, f"The tool broke: KeyError.{UNKNOWN}", "failed"),
        (raises_at_once, f"The tool broke: KeyError.{UNKNOWN}", "failed"),
        (exits, f"The tool broke: SystemExit.{UNKNOWN}", "failed"),
        (panics, f"The tool broke: Panic.{UNKNOWN}", "failed"),
        (leaks, f"The tool broke: CancelledError.{UNKNOWN}", "failed"),
        (gives_nothing, f"The tool gave no result.{UNKNOWN}", "failed"),
        (gives_two, f"The tool gave more than one result.{UNKNOWN}", "failed"),
        (gives_words, f"The tool broke: TypeError.{UNKNOWN}", "failed"),
        (is_no_generator, f"The tool broke: TypeError.{UNKNOWN}", "failed"),
        (hangs, f"The tool took longer than 2 s.{UNKNOWN}", "timeout"),
        (breaks_after, "done", "done"),
        (hangs_after, "done", "done"),
    ],
)
def test_each_call_has_one_result(what: Callable[[], Any], text: str, outcome: Outcome) -> None:
    @simulated
    async def check() -> None:
        result, how = await run(what)
        assert (result.text, how) == (text, outcome)
        assert result.failed is (outcome != "done")
        told, _ = await run(what, effect="reads")
        assert told.text == text.removesuffix(UNKNOWN)

    check()


@simulated
async def test_progress_and_notices_are_passed_on() -> None:
    notices: list[str] = []
    await run(works, notices=notices)
    assert notices == ["Nearly.", "spare server"]


@simulated
async def test_a_toolset_that_breaks_after_its_result_is_noticed() -> None:
    notices: list[str] = []
    await run(breaks_after, notices=notices)
    assert notices == ["the tool 'it' broke after its result: the tool broke: KeyError (-v shows where)"]


@simulated
async def test_a_cancellation_by_the_engine_is_not_swallowed() -> None:
    task = asyncio.ensure_future(run(hangs))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
