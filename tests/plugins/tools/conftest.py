"""A caller that keeps a record, and calls of toolsets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from typing import Any

import pytest

from voicebot import ToolCall, ToolCaller, ToolEvent, Toolset


class Caller(ToolCaller):
    """Keeps what tools did to the conversation."""

    def __init__(self) -> None:
        self.conversation = "c0ffee"
        self.language = "de-DE"
        self.did: list[Any] = []

    def end_conversation(self) -> None:
        self.did.append("end")

    def stay_silent(self) -> None:
        self.did.append("silent")

    def set_patience(self, earliest: float, latest: float) -> None:
        self.did.append((earliest, latest))

    def remember(self, fact: str) -> None:
        self.did.append(fact)


Calling = Callable[..., Coroutine[Any, Any, list[ToolEvent]]]


async def call_tool(
    toolset: Toolset[Any], name: str, arguments: Any = None, caller: ToolCaller | None = None
) -> list[ToolEvent]:
    """Return the events of one call; `arguments` is a text as it is, or a value to write as JSON."""
    text = arguments if isinstance(arguments, str) else json.dumps(arguments or {})
    async with aclosing(toolset.call(ToolCall("call-1", name, text), caller or Caller())) as events:
        return [event async for event in events]


@pytest.fixture
def caller() -> Caller:
    return Caller()


@pytest.fixture
def call() -> Calling:
    return call_tool


@pytest.fixture
def run() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    return asyncio.run
