"""Providers in the order in which they are asked, and where each conversation stands in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from typing import Any, Generic, TypeVar

from voicebot import Choice, Field, Notice, Options, Provider, ProviderError
from voicebot_combine import children
from voicebot_combine.children import Part
from voicebot_combine.error_text import reason, retryable
from voicebot_combine.fallback.current_provider import Standing, Standings
from voicebot_combine.pending_answer import EventT, Opening, Wanted

ProviderT = TypeVar("ProviderT", bound=Provider[Any])
_AGAIN = 60.0
"""Seconds after which one that could not start may try again."""


class LadderOptions(Options):
    """What every fallback can be configured with."""

    timeout: float = Field(5.0, gt=0, le=600)
    """Seconds that one may take to begin its answer until the next is asked. All together should need less
    than `reply.chat_timeout` or `reply.speech_timeout`."""
    start_timeout: float = Field(10.0, gt=0, le=600)
    """Seconds that each may take to start; less than the config's own `start_timeout`. A bot starts if one of
    them does, and another is given the chance a minute later at the earliest."""


class Ladder(Generic[ProviderT]):
    """Asks one provider after the other.

    Args:
        does: what such a provider does, as `speaks`.
    """

    def __init__(self, choices: Sequence[Choice[ProviderT]], options: LadderOptions, does: str) -> None:
        self.parts = children.make(choices)
        self.timeout = options.timeout
        self._start_timeout = options.start_timeout
        self._does = does
        self._standings = Standings()
        self._again: dict[Part[ProviderT], float] = {}

    async def start(self) -> ProviderT:
        """Start all; return the first that could.

        Raises:
            ProviderError: none could.
        """
        await children.start(self.parts, self._start_timeout)
        for part in self.parts:
            if part.broken:
                self._again[part] = asyncio.get_running_loop().time() + _AGAIN
        for part in self.parts:
            if not part.broken:
                return part.provider
        raise ProviderError("; ".join(f"{part.name}: {part.broken}" for part in self.parts))

    async def aclose(self) -> None:
        """Close all."""
        await children.close(self.parts)

    def standing(self, conversation: str) -> Standing:
        """Return where a conversation stands."""
        return self._standings.of(conversation)

    def turns(self, standing: Standing) -> Iterator[tuple[int, Part[ProviderT]]]:
        """Give the providers in the order in which a conversation asks them, its own first."""
        count = len(self.parts)
        for number in range(standing.number, standing.number + count):
            yield number % count, self.parts[number % count]

    async def ready(self, part: Part[ProviderT]) -> None:
        """Let one that could not start try again, if it is time.

        Raises:
            ProviderError: it is not at work.
        """
        if not part.broken:
            return
        now = asyncio.get_running_loop().time()
        if now >= self._again[part]:
            self._again[part] = now + _AGAIN  # for others who ask meanwhile
            await part.start(min(self._start_timeout, self.timeout))
        if part.broken:
            raise ProviderError(part.broken, retryable=True)

    def moved(self, failures: Sequence[str], number: int) -> str:
        """Return the words for what has become of a conversation."""
        return f"{', '.join(failures)}; {self.parts[number].name} {self._does} from now on"

    def failed(self, part: Part[ProviderT], error: BaseException) -> str:
        """Return the words for a provider that failed."""
        return f"{part.name} failed ({reason(error)})"

    def leave(self, standing: Standing, number: int, error: BaseException) -> str:
        """Move a conversation on from a provider that failed in mid-answer; return the words for it."""
        if standing.number != number or len(self.parts) == 1:
            return ""  # it has moved on already
        standing.number = (number + 1) % len(self.parts)
        return self.moved([self.failed(self.parts[number], error)], standing.number)

    async def stream(
        self,
        conversation: str,
        ask: Callable[[Part[ProviderT]], AsyncGenerator[EventT, None]],
        wanted: Wanted[EventT],
    ) -> AsyncGenerator[EventT, None]:
        """Stream the answer of the first that begins one; whatever it fails with then is passed on."""
        standing = self.standing(conversation)
        failures: list[str] = []
        hope = False
        for number, part in self.turns(standing):
            opening: Opening[EventT] | None = None
            try:
                await self.ready(part)
                opening = Opening(part, ask(part), wanted)
                if not await opening.begin(self.timeout):
                    raise ProviderError(f"it gave nothing for {self.timeout:g} s", retryable=True)
            except Exception as error:  # a stranger's provider may raise anything
                for notice in opening.notices if opening is not None else ():
                    yield notice
                failures.append(self.failed(part, error))
                hope = hope or retryable(error)
                continue
            async with aclosing(opening.events) as events:
                if failures and standing.number != number:  # else another request has moved it already
                    standing.number = number
                    yield Notice(self.moved(failures, number))
                for event in opening.received:
                    yield event
                try:
                    async for event in events:
                        yield event
                except Exception as error:
                    if news := self.leave(standing, number, error):
                        yield Notice(news)
                    raise
            return
        raise ProviderError("; ".join(failures), retryable=hope)
