"""What providers were used for in one conversation: published, and added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from voicebot.cost.amounts import Use
from voicebot.dataclass import dataclass
from voicebot.events import ProviderUsed
from voicebot.events.usage import BilledKind

_METERS: dict[str, Meter] = {}
"""Those of the conversations that run, by id."""


class Meter:
    """Adds up what one conversation uses.

    Args:
        publish: publishes an event.
        used: what was used before, in the conversation that this one continues.
    """

    def __init__(self, publish: Callable[[ProviderUsed], None], used: Iterable[ProviderUsed] = ()) -> None:
        self.now: Callable[[], float] = lambda: 0.0
        """Returns the seconds since the conversation began."""
        self._publish = publish
        self._use = Use(used)

    @property
    def totals(self) -> tuple[ProviderUsed, ...]:
        """What each provider and model was used for so far; `at` is when it was last."""
        return self._use.used

    def add(self, used: ProviderUsed) -> None:
        """Count what was used."""
        self._use.add(used)
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
