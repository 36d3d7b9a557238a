"""What providers were used for in one conversation: published, and added up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from voicebot.dataclass import dataclass
from voicebot.events import ProviderUsed
from voicebot.events.usage import BilledKind

_METERS: dict[str, Meter] = {}
"""Those of the conversations that run, by id."""


class Meter:
    """Adds up what one conversation uses.

    Args:
        publish: publishes an event.
    """

    def __init__(self, publish: Callable[[ProviderUsed], None]) -> None:
        self.now: Callable[[], float] = lambda: 0.0
        """Returns the seconds since the conversation began."""
        self._publish = publish
        self._totals: dict[tuple[str, str, str], ProviderUsed] = {}

    @property
    def totals(self) -> tuple[ProviderUsed, ...]:
        """What each provider and model was used for so far; `at` is when it was last."""
        return tuple(self._totals.values())

    def add(self, used: ProviderUsed) -> None:
        """Count what was used."""
        key = used.kind, used.provider, used.model
        before = self._totals.get(key)
        self._totals[key] = used if before is None else added(before, used)
        self._publish(used)

    @contextmanager
    def open(self, conversation: str, now: Callable[[], float]) -> Iterator[None]:
        """Count requests with the id of a conversation, while the block runs.

        Args:
            now: returns the seconds since the conversation began.
        """
        self.now = now
        _METERS[conversation] = self
        try:
            yield
        finally:
            if _METERS.get(conversation) is self:  # another may go on under the same id
                del _METERS[conversation]


@dataclass(frozen=True, slots=True)
class Source:
    """Who is used: the kind and the name of a provider."""

    kind: BilledKind
    provider: str


def meter_of(conversation: str) -> Meter | None:
    """Return what counts the requests of a conversation; None outside of one."""
    return _METERS.get(conversation)


def added(one: ProviderUsed, other: ProviderUsed) -> ProviderUsed:
    """Return the sum of what the same provider was used for."""
    return replace(
        one,
        at=max(one.at, other.at),
        began=min(one.began, other.began),
        seconds=one.seconds + other.seconds,
        characters=one.characters + other.characters,
        input_tokens=one.input_tokens + other.input_tokens,
        cached_tokens=one.cached_tokens + other.cached_tokens,
        output_tokens=one.output_tokens + other.output_tokens,
        estimated=one.estimated or other.estimated,
    )
