"""The beginning of an answer: until something was given, another provider can be asked instead.

Word timings come before the sound that they tell of, and a stream may end without having given anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from voicebot import AudioChunk, ChatEvent, Notice, ProviderError, ReplyEnded, SynthesisEvent, TextDelta
from voicebot_combine.children import Part
from voicebot_combine.stray_cancellation import leaks_fail

EventT = TypeVar("EventT", ChatEvent, SynthesisEvent)
AT_ONCE = 0.05
"""Seconds that an answer may take to end before nobody waits for it."""


@dataclass(frozen=True, slots=True)
class Wanted(Generic[EventT]):
    """What is asked for: whether an event `gives` some of it, and whether its lack is a failure."""

    gives: Callable[[EventT], bool]
    needed: bool = True


def _gives_text(event: ChatEvent) -> bool:
    """Return whether a chat model has answered with this: a content filter's verdict is an answer too."""
    match event:
        case TextDelta(text):
            return bool(text)
        case ReplyEnded(reason=ended):
            return ended == "filtered"
        case _:
            return False


def _gives_sound(event: SynthesisEvent) -> bool:
    """Return whether a synthesizer speaks with this."""
    return isinstance(event, AudioChunk) and bool(event.audio)


TEXT: Wanted[ChatEvent] = Wanted(_gives_text)


def sound_of(text: str) -> Wanted[SynthesisEvent]:
    """Return what is wanted of a synthesizer: a text without a word may be silent."""
    return Wanted(_gives_sound, any(map(str.isalnum, text)))


class Opening(Generic[EventT]):
    """An answer that was asked for, of which the beginning is read, in a task so that others can go on.

    `received` are all events up to the first that gives something.
    """

    def __init__(self, part: Part[Any], events: AsyncGenerator[EventT, None], wanted: Wanted[EventT]) -> None:
        self.part = part
        self.events: AsyncGenerator[EventT, None] = events
        self.received: list[EventT] = []
        self.error: Exception | None = None
        """Why it has not begun."""
        self.begun = False
        self._wanted: Wanted[EventT] = wanted
        self.reading = asyncio.create_task(self._read(), name=f"begin: {part.name}")

    @property
    def notices(self) -> list[Notice]:
        """What observers should know even if nobody gets the rest."""
        return [event for event in self.received if isinstance(event, Notice)]

    async def begin(self, seconds: float) -> bool:
        """Wait for the beginning; return whether it came in time. What has not begun is left.

        Raises:
            Exception: what the provider raised, or that it gave nothing.
        """
        try:
            await asyncio.wait({self.reading}, timeout=seconds)
        finally:
            if not self.begun:
                await asyncio.wait({self.leave()}, timeout=AT_ONCE)
        if self.error is not None:
            raise self.error
        return self.begun

    def leave(self) -> asyncio.Task[None]:
        """Want it no more: it is cancelled and closed, and nobody waits for that."""
        self.reading.cancel()
        return self.part.let_end(self._end())

    async def _end(self) -> None:
        try:
            await asyncio.wait({self.reading})
        finally:
            self.reading.cancel()
        await self.events.aclose()

    async def _read(self) -> None:
        try:
            with leaks_fail():
                await self._read_beginning()
        except Exception as error:  # a stranger's provider may raise anything
            self.error = error

    async def _read_beginning(self) -> None:
        async for event in self.events:
            self.received.append(event)
            if self._wanted.gives(event):
                self.begun = True
                return
        if self._wanted.needed:
            raise ProviderError("it gave nothing", retryable=True)
        self.begun = True
