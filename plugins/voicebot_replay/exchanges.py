"""What providers were asked and answered in a recording, request by request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from voicebot import (
    ConversationDetail,
    ConversationEvent,
    ProviderAnswered,
    ProviderAsked,
    ProviderClosed,
    ProviderGiven,
    UnitSpoken,
)

MARGIN = 0.05
"""Seconds by which a replay may come later than the recording: machines are not always as quick. What was no
longer wanted then goes on for as long, and a request within it is the one that was made then."""

TOOL_RAN = ("done", "failed", "timeout", "cancelled")
"""The outcomes of calls of tools that were begun: others were declined, refused or repeated."""


@dataclass(slots=True)
class Exchange:
    """One request and its answers, in order of time.

    `closed` with `stopped` means that the rest was no longer wanted, or that the recording ends before.
    """

    asked: ProviderAsked
    closed: ProviderClosed
    given: list[ProviderGiven] = field(default_factory=list)
    answers: list[ProviderAnswered] = field(default_factory=list)

    @property
    def at(self) -> float:
        """When it was asked, in seconds of the conversation."""
        return self.asked.at

    @property
    def question(self) -> Any:
        """What was asked."""
        return self.asked.question

    @property
    def is_complete(self) -> bool:
        """Whether all of the answer is known."""
        return not self.closed.stopped and not self.closed.failure

    @property
    def failure(self) -> str:
        """Why it failed; empty if it did not."""
        return self.closed.failure

    @property
    def seconds(self) -> float:
        """How long it took; a moment longer if it was stopped, so that it can be stopped again."""
        return self.closed.at - self.at + (MARGIN if self.closed.stopped else 0.0)


def exchanges(events: Iterable[ConversationEvent | ConversationDetail], kind: str) -> list[Exchange]:
    """Return the requests to providers of one kind, in order of time."""
    events = list(events)
    ends = known_until(events)
    found: dict[int, Exchange] = {}
    for event in events:
        match event:
            case ProviderAsked() if event.kind == kind:
                unfinished = ProviderClosed(max(ends, event.at), event.kind, event.request, stopped=True)
                found[event.request] = Exchange(event, unfinished)
            case ProviderGiven() if event.request in found:
                found[event.request].given.append(event)
            case ProviderAnswered() if event.request in found:
                found[event.request].answers.append(event)
            case ProviderClosed() if event.request in found:
                found[event.request].closed = event
            case _:
                pass
    for each in found.values():
        each.given.sort(key=lambda given: given.at)
        each.answers.sort(key=lambda answer: answer.at)
    return sorted(found.values(), key=lambda each: each.at)


def known_until(events: Iterable[ConversationEvent | ConversationDetail]) -> float:
    """Return when the last event was published; a unit may be, a moment before it becomes audible."""
    return max((each.at for each in events if not isinstance(each, UnitSpoken)), default=0.0)


def typical(seconds: Sequence[float], otherwise: float) -> float:
    """Return the median of delays, or another value if there are none."""
    return median(seconds) if seconds else otherwise
