"""When a reply that failed is asked for again: soon, not often, and not if the user would wait in vain."""

from __future__ import annotations

import asyncio

from voicebot_openai.failures import ChatFailure
from voicebot_openai.options import ChatOptions


class Retries:
    """The second chances of one reply."""

    def __init__(self, options: ChatOptions) -> None:
        self._left = options.max_retries
        self._latest = asyncio.get_running_loop().time() + options.retry_budget

    def wait_after(self, failure: ChatFailure) -> float | None:
        """Return the seconds to wait before asking again, None if that is not to be."""
        if failure.wait is None or not self._left:
            return None
        if asyncio.get_running_loop().time() + failure.wait > self._latest:
            return None
        self._left -= 1
        return failure.wait
