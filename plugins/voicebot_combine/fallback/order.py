"""The order in which providers are asked, and where each conversation is in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from typing import Any, Generic, TypeVar

from voicebot import Choice, Field, Notice, Options, Provider, ProviderError
from voicebot_combine.children import Child, close_all, make_children, start_possible
from voicebot_combine.error_text import describe, is_retryable
from voicebot_combine.fallback.current_provider import CurrentProvider, CurrentProviders
from voicebot_combine.pending_answer import EventT, Expected, PendingAnswer

ProviderT = TypeVar("ProviderT", bound=Provider[Any])
_RESTART_INTERVAL = 60.0
"""Seconds after which a provider that could not start may try again."""


class FallbackOptions(Options):
    """Options of every `fallback`."""

    timeout: float = Field(5.0, gt=0, le=600)
    """Seconds that a provider may take to begin its answer before the next one is asked. All together should
    take less than `reply.chat_timeout` or `reply.speech_timeout`."""
    start_timeout: float = Field(10.0, gt=0, le=600)
    """Seconds that each provider may take to start; less than the config's own `start_timeout`. A bot starts
    if one provider does. The others try again when they are needed, after a minute at the earliest."""


class FallbackOrder(Generic[ProviderT]):
    """Asks one provider after the other.

    Args:
        verb: what such a provider does, for messages: `speaks`.
    """

    def __init__(self, choices: Sequence[Choice[ProviderT]], options: FallbackOptions, verb: str) -> None:
        self.children = make_children(choices)
        self.timeout = options.timeout
        self._start_timeout = options.start_timeout
        self._verb = verb
        self._current = CurrentProviders()
        self._restart_at: dict[Child[ProviderT], float] = {}

    async def start(self) -> ProviderT:
        """Start all; return the first that has started.

        Raises:
            ProviderError: none could start.
        """
        await start_possible(self.children, self._start_timeout)
        for child in self.children:
            if child.start_error:
                self._restart_at[child] = asyncio.get_running_loop().time() + _RESTART_INTERVAL
        for child in self.children:
            if not child.start_error:
                return child.provider
        raise ProviderError("; ".join(f"{child.name}: {child.start_error}" for child in self.children))

    async def aclose(self) -> None:
        """Close all."""
        await close_all(self.children)

    def current(self, conversation: str) -> CurrentProvider:
        """Return the current provider of a conversation."""
        return self._current.of(conversation)

    def from_current(self, current: CurrentProvider) -> Iterator[tuple[int, Child[ProviderT]]]:
        """Yield all providers with their indexes, beginning with the current one."""
        count = len(self.children)
        for number in range(current.index, current.index + count):
            yield number % count, self.children[number % count]

    async def ensure_started(self, child: Child[ProviderT]) -> None:
        """Let a provider that could not start try again, if it is time.

        Raises:
            ProviderError: it has not started.
        """
        if not child.start_error:
            return
        now = asyncio.get_running_loop().time()
        if now >= self._restart_at[child]:
            self._restart_at[child] = now + _RESTART_INTERVAL  # other requests must not try meanwhile
            await child.start(min(self._start_timeout, self.timeout))
        if child.start_error:
            raise ProviderError(child.start_error, retryable=True)

    def move_message(self, failures: Sequence[str], index: int) -> str:
        """Return the notice that a conversation has moved to another provider."""
        return f"{', '.join(failures)}; {self.children[index].name} {self._verb} from now on"

    def failure_message(self, child: Child[ProviderT], error: BaseException) -> str:
        """Return the notice that a provider failed."""
        return f"{child.name} failed ({describe(error)})"

    def move_on(self, current: CurrentProvider, index: int, error: BaseException) -> str:
        """Move a conversation on from a provider that failed in mid-answer; return the notice of that."""
        if current.index != index or len(self.children) == 1:
            return ""  # it has already moved on
        current.index = (index + 1) % len(self.children)
        return self.move_message([self.failure_message(self.children[index], error)], current.index)

    async def stream(
        self,
        conversation: str,
        ask: Callable[[Child[ProviderT]], AsyncGenerator[EventT, None]],
        expected: Expected[EventT],
    ) -> AsyncGenerator[EventT, None]:
        """Stream the answer of the first provider that begins one; a failure after that is raised."""
        current = self.current(conversation)
        failures: list[str] = []
        any_retryable = False
        for index, child in self.from_current(current):
            answer: PendingAnswer[EventT] | None = None
            try:
                await self.ensure_started(child)
                answer = PendingAnswer(child, ask(child), expected)
                if not await answer.wait_begun(self.timeout):
                    raise ProviderError(f"it gave no answer for {self.timeout:g} s", retryable=True)
            except Exception as error:  # a third-party provider may raise anything
                for notice in answer.notices if answer is not None else ():
                    yield notice
                failures.append(self.failure_message(child, error))
                any_retryable = any_retryable or is_retryable(error)
                continue
            async with aclosing(answer.events) as events:
                if failures and current.index != index:  # otherwise another request has already moved it
                    current.index = index
                    yield Notice(self.move_message(failures, index))
                for event in answer.received:
                    yield event
                try:
                    async for event in events:
                        yield event
                except Exception as error:
                    if message := self.move_on(current, index, error):
                        yield Notice(message)
                    raise
            return
        raise ProviderError("; ".join(failures), retryable=any_retryable)
