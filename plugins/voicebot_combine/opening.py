"""The beginning of an answer: until something was given, another provider can be asked instead.

Word timings come before the sound that they tell of, and a stream may end without having given anything.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from voicebot import AudioChunk, ChatEvent, Notice, ProviderError, ReplyEnded, SynthesisEvent, TextDelta

EventT = TypeVar("EventT", ChatEvent, SynthesisEvent)


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


async def read_opening(events: AsyncIterator[EventT], wanted: Wanted[EventT], into: list[EventT]) -> None:
    """Read into a list all events up to the first that gives something.

    Raises:
        ProviderError: there was none, and there should be.
    """
    async for event in events:
        into.append(event)
        if wanted.gives(event):
            return
    if wanted.needed:
        raise ProviderError("it gave nothing", retryable=True)


def notices(events: list[EventT]) -> list[Notice]:
    """Return what observers should know even if nobody gets the rest."""
    return [event for event in events if isinstance(event, Notice)]
