"""The beginning of an answer: until something was given, another provider can be asked instead.

Word timings come before the sound that they tell of, and a stream may end without having given anything.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TypeAlias, TypeVar

from voicebot import AudioChunk, ChatEvent, Notice, ProviderError, ReplyEnded, SynthesisEvent, TextDelta

EventT = TypeVar("EventT", ChatEvent, SynthesisEvent)
Gives: TypeAlias = Callable[[EventT], bool]
"""Tells whether an event gives what was asked for."""


def gives_text(event: ChatEvent) -> bool:
    """Return whether a chat model has answered with this: a content filter's verdict is an answer too."""
    match event:
        case TextDelta(text):
            return bool(text)
        case ReplyEnded(reason=ended):
            return ended == "filtered"
        case _:
            return False


def gives_sound(event: SynthesisEvent) -> bool:
    """Return whether a synthesizer speaks with this."""
    return isinstance(event, AudioChunk) and bool(event.audio)


async def read_opening(events: AsyncIterator[EventT], gives: Gives[EventT], into: list[EventT]) -> None:
    """Read into a list all events up to the first that gives something.

    Raises:
        ProviderError: there was none.
    """
    async for event in events:
        into.append(event)
        if gives(event):
            return
    raise ProviderError("it gave nothing", retryable=True)


def notices(events: list[EventT]) -> list[Notice]:
    """Return what observers should know even if nobody gets the rest."""
    return [event for event in events if isinstance(event, Notice)]
