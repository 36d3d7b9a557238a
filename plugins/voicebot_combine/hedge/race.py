"""A race between two answers: the one that begins first wins, the other is cancelled and closed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from voicebot import ProviderError
from voicebot_combine.error_text import describe, is_retryable
from voicebot_combine.pending_answer import DISCARD_TIMEOUT, EventT, PendingAnswer


async def race(
    first: PendingAnswer[EventT], delay: float, second: Callable[[bool], PendingAnswer[EventT] | None]
) -> tuple[PendingAnswer[EventT], list[PendingAnswer[EventT]]]:
    """Return the answer that began first, and the others, which are discarded.

    Args:
        delay: seconds to wait for the first answer before the second one is requested.
        second: requests the second answer, or returns None if it must not; the argument says whether the
            first has failed.

    Raises:
        ProviderError: no answer began.
    """
    answers: list[PendingAnswer[EventT]] = [first]
    try:
        _, running = await asyncio.wait({first.reading}, timeout=delay)
        while (winner := _begun(answers)) is None:
            if len(answers) == 1 and (other := second(not running)) is not None:
                answers.append(other)
                running = running | {other.reading}
            if not running:
                raise _all_failed(answers)
            _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    except BaseException:
        await asyncio.wait({answer.discard() for answer in answers}, timeout=DISCARD_TIMEOUT)
        raise
    losers = [answer for answer in answers if answer is not winner]
    for loser in losers:
        loser.discard()
    return winner, losers


def _begun(answers: list[PendingAnswer[EventT]]) -> PendingAnswer[EventT] | None:
    return next((answer for answer in answers if answer.begun), None)


def _all_failed(answers: list[PendingAnswer[EventT]]) -> Exception:
    failed = [(answer.child.name, answer.error) for answer in answers if answer.error is not None]
    if len(failed) == 1:
        return failed[0][1]
    message = "; ".join(f"{name} failed ({describe(error)})" for name, error in failed)
    return ProviderError(message, retryable=any(is_retryable(error) for _, error in failed))
