"""Where the taps of one conversation publish, with the times and the numbers of requests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from voicebot.engine.failures import as_provider_error
from voicebot.events.details import (
    AskedProvider,
    ConversationDetail,
    ProviderAnswer,
    ProviderAnswered,
    ProviderAsked,
    ProviderClosed,
    ProviderGiven,
    ProviderQuestion,
)


class TappedRequest:
    """One request to a provider."""

    def __init__(self, tap: Tap, kind: AskedProvider, number: int) -> None:
        self._tap, self._kind, self._number = tap, kind, number

    def given(
        self, control: Literal["text", "commit", "finish"], text: str = "", seconds: float = 0.0
    ) -> None:
        """Publish what the provider is given besides the question."""
        tap = self._tap
        tap.publish(ProviderGiven(tap.now(), self._kind, self._number, control, text, seconds))

    def answered(self, answer: ProviderAnswer, seconds: float = 0.0) -> None:
        """Publish what the provider answers."""
        tap = self._tap
        tap.publish(ProviderAnswered(tap.now(), self._kind, self._number, answer, seconds))


class Tap:
    """Publishes the details of one conversation.

    Args:
        publish: publishes a detail.
        now: returns the seconds since the conversation began.
    """

    def __init__(self, publish: Callable[[ConversationDetail], None], now: Callable[[], float]) -> None:
        self.publish = publish
        self.now = now
        self._requests = 0

    @contextmanager
    def asking(self, kind: AskedProvider, question: ProviderQuestion) -> Iterator[TappedRequest]:
        """Publish a question, and at the end of the block how it ended."""
        self._requests = number = self._requests + 1
        self.publish(ProviderAsked(self.now(), kind, number, question))
        stopped, failure = False, ""
        try:
            yield TappedRequest(self, kind, number)
        except (GeneratorExit, asyncio.CancelledError):
            stopped = True
            raise
        except Exception as error:  # a foreign provider may raise anything
            failure = str(as_provider_error("it broke", error))
            raise
        finally:
            self.publish(ProviderClosed(self.now(), kind, number, stopped, failure))
