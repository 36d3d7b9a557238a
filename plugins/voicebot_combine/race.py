"""A race for the first event of an answer: the winner's answer goes on, the loser's is cancelled and closed.

The race is over before anything is handed on: a generator must not yield within a task group (PEP 789).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Generic

from voicebot import ProviderError
from voicebot_combine.opening import EventT, Wanted, read_opening
from voicebot_combine.reasons import reason, retryable


class Contestant(Generic[EventT]):
    """An answer that is in the race, with its beginning, or why it has none."""

    def __init__(self, name: str, events: AsyncGenerator[EventT, None], wanted: Wanted[EventT]) -> None:
        self.name = name
        self.events: AsyncGenerator[EventT, None] = events
        self.opening: list[EventT] = []
        self.error: Exception | None = None
        self.begun = False
        self._wanted: Wanted[EventT] = wanted

    async def run(self) -> None:
        """Read the beginning."""
        try:
            await read_opening(self.events, self._wanted, self.opening)
            self.begun = True
        except Exception as error:  # a stranger's provider may raise anything
            self.error = error


async def race(
    first: Contestant[EventT], after: float, second: Callable[[bool], Contestant[EventT] | None]
) -> Contestant[EventT]:
    """Return who begins first.

    Args:
        after: seconds that the first may take alone.
        second: returns another to ask if there may be one, told whether the first has failed.

    Raises:
        ProviderError: nobody began.
    """
    contestants = [first]
    async with asyncio.TaskGroup() as tasks:
        running = {tasks.create_task(first.run(), name=f"hedge: {first.name}")}
        done, running = await asyncio.wait(running, timeout=after)
        if not first.begun and (other := second(bool(done))) is not None:
            contestants.append(other)
            running.add(tasks.create_task(other.run(), name=f"hedge: {other.name}"))
        while running and not any(contestant.begun for contestant in contestants):
            _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in running:
            task.cancel()
    winner = next((contestant for contestant in contestants if contestant.begun), None)
    if winner is None:
        raise _all_failed(contestants)
    return winner


def _all_failed(contestants: list[Contestant[EventT]]) -> Exception:
    errors = [contestant.error for contestant in contestants if contestant.error is not None]
    if len(errors) == 1:
        return errors[0]
    words = "; ".join(f"{c.name} failed ({reason(c.error)})" for c in contestants if c.error is not None)
    return ProviderError(words, retryable=any(map(retryable, errors)))
