"""When a reply that failed is asked for again: soon, not often, and not if the user would wait in vain."""

from __future__ import annotations

import asyncio

from voicebot_openai.errors.failures import ChatFailure
from voicebot_openai.options import ChatOptions

LOOK_AGAIN = 2.0
"""Seconds after which to ask a server again, at the latest, whether its model is loaded."""


class Retries:
    """The second chances of one reply."""

    def __init__(self, options: ChatOptions) -> None:
        self._left = options.max_retries
        began = asyncio.get_running_loop().time()
        self._latest = began + options.retry_budget
        self._latest_loaded = began + options.timeout

    def wait_after(self, failure: ChatFailure) -> float | None:
        """Return the seconds to wait before asking again, None if that is not to be."""
        now = asyncio.get_running_loop().time()
        if failure.loading:
            wait = min(failure.wait or 0.0, LOOK_AGAIN)
            return wait if now + wait <= self._latest_loaded else None
        if failure.wait is None or not self._left:
            return None
        if now + failure.wait > self._latest:
            return None
        self._left -= 1
        return failure.wait
