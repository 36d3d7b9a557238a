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
)

TOOL_RAN = ("done", "failed", "timeout", "cancelled")
"""The outcomes of calls of tools that were begun: others were declined, refused or repeated."""


@dataclass(slots=True)
class Exchange:
    """One request and its answers, in order of time.

    `closed` is None if the recording ends before. `stopped` means that the rest was no longer wanted.
    """

    asked: ProviderAsked
    given: list[ProviderGiven] = field(default_factory=list)
    answers: list[ProviderAnswered] = field(default_factory=list)
    closed: ProviderClosed | None = None

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
        return self.closed is not None and not self.closed.stopped and not self.closed.failure

    @property
    def failure(self) -> str:
        """Why it failed; empty if it did not."""
        return self.closed.failure if self.closed is not None else ""


def exchanges(events: Iterable[ConversationEvent | ConversationDetail], kind: str) -> list[Exchange]:
    """Return the requests to providers of one kind, in order of time."""
    found: dict[int, Exchange] = {}
    for event in events:
        match event:
            case ProviderAsked() if event.kind == kind:
                found[event.request] = Exchange(event)
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


def typical(seconds: Sequence[float], otherwise: float) -> float:
    """Return the median of delays, or another value if there are none."""
    return median(seconds) if seconds else otherwise
