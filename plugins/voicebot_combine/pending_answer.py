"""An answer whose beginning is awaited: until it has begun, another provider can be asked instead.

Word timings come before their audio, and a stream may end without having yielded anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from voicebot import (
    AudioChunk,
    ChatEvent,
    ChatRequest,
    Notice,
    ProviderError,
    ReplyEnded,
    SynthesisEvent,
    TextDelta,
    ToolCall,
)
from voicebot_combine.children import Child
from voicebot_combine.stray_cancellation import stray_cancellation_fails

EventT = TypeVar("EventT", ChatEvent, SynthesisEvent)
DISCARD_TIMEOUT = 0.05
"""Seconds to wait for a discarded answer to end; it then ends in the background."""


@dataclass(frozen=True, slots=True)
class Expected(Generic[EventT]):
    """What an answer should contain: which events `begin` it, and whether it is `required` to begin."""

    begins: Callable[[EventT], bool]
    required: bool = True


def _is_reply(event: ChatEvent) -> bool:
    """Return whether a chat model has answered: with text, a call, or the verdict of its content filter."""
    match event:
        case TextDelta(text):
            return bool(text)
        case ToolCall():
            return True
        case ReplyEnded(reason=reason):
            return reason == "filtered"
        case _:
            return False


def _is_audio(event: SynthesisEvent) -> bool:
    return isinstance(event, AudioChunk) and bool(event.audio)


def _is_reply_or_end(event: ChatEvent) -> bool:
    return isinstance(event, ReplyEnded) or _is_reply(event)


def reply_to(request: ChatRequest) -> Expected[ChatEvent]:
    """Return what to expect of a chat model: after the result of a tool, it may have nothing to add."""
    after_result = bool(request.messages) and request.messages[-1].role == "tool"
    return Expected(_is_reply_or_end if after_result else _is_reply)


def speech_of(text: str) -> Expected[SynthesisEvent]:
    """Return what to expect of a synthesizer: text without words may be silent."""
    return Expected(_is_audio, any(map(str.isalnum, text)))


class PendingAnswer(Generic[EventT]):
    """An answer whose beginning is read in a task of its own.

    `received` are all events up to the one that begins the answer.
    """

    def __init__(
        self, child: Child[Any], events: AsyncGenerator[EventT, None], expected: Expected[EventT]
    ) -> None:
        self.child = child
        self.events: AsyncGenerator[EventT, None] = events
        self.received: list[EventT] = []
        self.error: Exception | None = None
        """Why the answer has not begun."""
        self.begun = False
        self._expected: Expected[EventT] = expected
        self.reading = asyncio.create_task(self._read(), name=f"begin: {child.name}")

    @property
    def notices(self) -> list[Notice]:
        """The notices received, which observers should get even if the answer is discarded."""
        return [event for event in self.received if isinstance(event, Notice)]

    async def wait_begun(self, timeout: float) -> bool:
        """Wait for the beginning; discard the answer and return False if it takes longer than `timeout`.

        Raises:
            Exception: the provider's own error, or that it yielded nothing.
        """
        try:
            await asyncio.wait({self.reading}, timeout=timeout)
        finally:
            if not self.begun:
                await asyncio.wait({self.discard()}, timeout=DISCARD_TIMEOUT)
        if self.error is not None:
            raise self.error
        return self.begun

    def discard(self) -> asyncio.Task[None]:
        """Cancel and close the answer in the background; return the task that does so."""
        self.reading.cancel()
        return self.child.end_in_background(self._end())

    async def _end(self) -> None:
        try:
            await asyncio.wait({self.reading})
        finally:
            self.reading.cancel()
        await self.events.aclose()

    async def _read(self) -> None:
        try:
            with stray_cancellation_fails():
                await self._read_beginning()
        except Exception as error:  # a third-party provider may raise anything
            self.error = error

    async def _read_beginning(self) -> None:
        async for event in self.events:
            self.received.append(event)
            if self._expected.begins(event):
                self.begun = True
                return
        if self._expected.required:
            raise ProviderError("it gave no answer", retryable=True)
        self.begun = True
