"""Publishing what happens to replies, with the conversation's time."""

from __future__ import annotations

from collections.abc import Callable

from voicebot.engine.clock import Clock
from voicebot.engine.failures import Failure, as_provider_error
from voicebot.events import ConversationEvent, ProviderFailed, ProviderNoticed


class ReplyEvents:
    """The events of one conversation's replies."""

    def __init__(self, publish: Callable[[ConversationEvent], None], clock: Clock) -> None:
        self.publish = publish
        self.now = clock.now
        """Returns seconds since the conversation began."""
        self._published_once: set[tuple[str, str]] = set()

    def failure(self, failure: Failure) -> None:
        """Publish that a provider has broken a reply."""
        error = as_provider_error("it broke", failure.error)
        self.publish(ProviderFailed(self.now(), failure.kind, str(error)))

    def notice(self, kind: str, message: str) -> None:
        """Publish something that observers should know of a provider."""
        self.publish(ProviderNoticed(self.now(), kind, message))

    def notice_once(self, kind: str, message: str) -> None:
        """Publish a notice that would be the same with each reply, the first time."""
        if (kind, message) not in self._published_once:
            self._published_once.add((kind, message))
            self.notice(kind, message)
