"""One connection to Redis, on which what many sessions ask at the same time shares a round trip."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from redis.asyncio import Redis

Command: TypeAlias = tuple[Any, ...]
_MOST = 200
"""Commands in a round trip."""


@dataclass(eq=False, slots=True)
class _Question:
    command: Command
    is_answered: bool = False
    answer: Any = None


class RoundTrips:
    """Asks Redis.

    Whoever asks while an answer is on its way goes with the next round trip, together with all others who do.
    When a server has died, hundreds of clients come back at once: one by one, their questions would take
    three times as long, and the last might wait for longer than Redis may take.

    A command may reach Redis twice, if the connection breaks or who asked is cancelled.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._waiting: list[_Question] = []
        self._travelling = asyncio.Lock()

    async def ask(self, *commands: Command) -> list[Any]:
        """Return the answers to commands.

        Raises:
            RedisError: Redis refuses one of them, or is not reached.
        """
        questions = [_Question(command) for command in commands]
        self._waiting += questions
        async with self._travelling:
            while not all(each.is_answered for each in questions):
                await self._travel()
        for each in questions:
            if isinstance(each.answer, Exception):
                raise each.answer
        return [each.answer for each in questions]

    async def _travel(self) -> None:
        """Ask what waits; if this is cancelled, the next one asks it again."""
        asked = self._waiting[:_MOST]
        pipeline = self._redis.pipeline(transaction=False)
        for each in asked:
            pipeline.execute_command(*each.command)
        try:
            answers = await pipeline.execute(raise_on_error=False)
        except Exception as error:  # it is raised by those who asked
            answers = [error] * len(asked)
        del self._waiting[: len(asked)]
        for each, answer in zip(asked, answers, strict=True):
            each.is_answered, each.answer = True, answer
