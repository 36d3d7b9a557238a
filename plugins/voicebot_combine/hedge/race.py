"""A race for the first event of an answer: the winner's goes on, the loser's is cancelled and closed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from voicebot import ProviderError
from voicebot_combine.error_text import reason, retryable
from voicebot_combine.pending_answer import AT_ONCE, EventT, Opening


async def race(
    first: Opening[EventT], after: float, second: Callable[[bool], Opening[EventT] | None]
) -> tuple[Opening[EventT], list[Opening[EventT]]]:
    """Return who has begun first, and the others, which are left.

    Args:
        after: seconds that the first may take alone.
        second: returns another to ask if there may be one, told whether the first has failed.

    Raises:
        ProviderError: nobody began.
    """
    openings: list[Opening[EventT]] = [first]
    try:
        _, running = await asyncio.wait({first.reading}, timeout=after)
        while (winner := _begun(openings)) is None:
            if len(openings) == 1 and (other := second(not running)) is not None:
                openings.append(other)
                running = running | {other.reading}
            if not running:
                raise _all_failed(openings)
            _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    except BaseException:
        await asyncio.wait({opening.leave() for opening in openings}, timeout=AT_ONCE)
        raise
    losers = [opening for opening in openings if opening is not winner]
    for loser in losers:
        loser.leave()
    return winner, losers


def _begun(openings: list[Opening[EventT]]) -> Opening[EventT] | None:
    return next((opening for opening in openings if opening.begun), None)


def _all_failed(openings: list[Opening[EventT]]) -> Exception:
    failed = [(opening.part.name, opening.error) for opening in openings if opening.error is not None]
    if len(failed) == 1:
        return failed[0][1]
    words = "; ".join(f"{name} failed ({reason(error)})" for name, error in failed)
    return ProviderError(words, retryable=any(retryable(error) for _, error in failed))
