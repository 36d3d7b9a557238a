"""Chat models, turn detectors and toolsets whose work takes real time."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any, TypeVar

from voicebot import (
    ChatEvent,
    ChatModel,
    ChatRequest,
    Options,
    Tool,
    ToolCall,
    ToolCaller,
    ToolEvent,
    Toolset,
    ToolsetOptions,
    TurnDetector,
    TurnSoFar,
)
from voicebot_scenarios.clock import current_loop

T = TypeVar("T")


async def outside(events: AsyncIterator[T], *, tool: bool = False) -> AsyncGenerator[T, None]:
    """Yield events; the clock runs while the next one is awaited."""
    loop = current_loop()
    while True:
        with loop.outside(tool=tool):
            try:
                event = await anext(events)
            except StopAsyncIteration:
                return
        yield event


class OutsideChatModel(ChatModel[Options]):
    """Passes everything on to another chat model."""

    def __init__(self, chat: ChatModel[Any]) -> None:
        super().__init__(chat.options)
        self.model, self.acts = chat.model, chat.acts
        self._chat = chat

    async def start(self) -> None:
        """Start the other."""
        await self._chat.start()
        self.model = self._chat.model

    async def aclose(self) -> None:
        """Close the other."""
        await self._chat.aclose()

    @property
    def phrases(self) -> Sequence[str]:
        """Those of the other."""
        return self._chat.phrases

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream the other's reply."""
        async with aclosing(self._chat.reply(request)) as events:
            async for event in outside(events):
                yield event


class OutsideTurnDetector(TurnDetector[Options]):
    """Passes everything on to another turn detector.

    Args:
        listens: whether it gets the sound of the turn; otherwise it has to go by the words.
    """

    def __init__(self, detector: TurnDetector[Any], *, listens: bool) -> None:
        super().__init__(detector.options)
        self._detector, self._listens = detector, listens
        self._take_over()

    async def start(self) -> None:
        """Start the other."""
        await self._detector.start()
        self._take_over()

    async def aclose(self) -> None:
        """Close the other."""
        await self._detector.aclose()

    async def wait(self, turn: TurnSoFar) -> float:
        """Return what the other says."""
        with current_loop().outside():
            return await self._detector.wait(turn)

    def _take_over(self) -> None:
        self.second_look = self._detector.second_look
        if self._listens:
            self.input_format = self._detector.input_format
            self.audio_seconds = self._detector.audio_seconds


class OutsideToolset(Toolset[ToolsetOptions]):
    """Passes everything on to another toolset."""

    def __init__(self, toolset: Toolset[Any]) -> None:
        super().__init__(toolset.options)
        self._toolset = toolset

    async def start(self) -> None:
        """Start the other."""
        await self._toolset.start()

    async def aclose(self) -> None:
        """Close the other."""
        await self._toolset.aclose()

    def tools(self) -> Sequence[Tool]:
        """Return the other's tools."""
        return self._toolset.tools()

    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        """Run a call of the other's."""
        async with aclosing(self._toolset.call(call, caller)) as events:
            async for event in outside(events, tool=True):
                yield event
