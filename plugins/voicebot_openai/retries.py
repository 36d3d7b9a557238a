"""When to ask again for an answer that failed: soon, a few times, and only within the retry budget."""

from __future__ import annotations

import asyncio

from voicebot_openai.errors.failures import RequestFailure
from voicebot_openai.server import Connection

LOADING_POLL = 2.0
"""Maximum number of seconds between two requests to a server that is loading its model."""


class Retries:
    """The retries of one request."""

    def __init__(self, options: Connection) -> None:
        self._left = options.max_retries
        started = asyncio.get_running_loop().time()
        self._deadline = started + options.retry_budget
        self._loading_deadline = started + options.timeout

    def delay_after(self, failure: RequestFailure) -> float | None:
        """Return the seconds to wait before asking again, None to give up."""
        now = asyncio.get_running_loop().time()
        if failure.loading:
            delay = min(failure.retry_after or 0.0, LOADING_POLL)
            return delay if now + delay <= self._loading_deadline else None
        if failure.retry_after is None or not self._left:
            return None
        if now + failure.retry_after > self._deadline:
            return None
        self._left -= 1
        return failure.retry_after
