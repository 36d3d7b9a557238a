"""The analysis of what a turn sounds like, in threads outside the event loop."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from voicebot import ProviderError

ResultT = TypeVar("ResultT")
_REMEMBERED = 64
"""Sounds whose results are kept."""


class SoundAnalysis(Generic[ResultT]):
    """Applies one function to sounds, for all conversations.

    When the words change, the engine cancels its request and asks again at once with the same sound. The work
    that a thread has begun is then not lost.

    Args:
        name: the detector's name, for its threads and errors.
        analyse: takes sound in the detector's format; it blocks.
    """

    def __init__(self, name: str, analyse: Callable[[bytes], ResultT]) -> None:
        self._name = name
        self._analyse = analyse
        self._threads: ThreadPoolExecutor | None = None
        self._results: OrderedDict[bytes, asyncio.Future[ResultT]] = OrderedDict()

    async def start(self, load: Callable[[], None]) -> None:
        """Start the threads, and load in one of them what the analysis needs."""
        self.close()
        threads = ThreadPoolExecutor(max(1, (os.cpu_count() or 1) - 1), self._name)
        try:
            await asyncio.get_running_loop().run_in_executor(threads, load)
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise
        self._threads = threads

    def close(self) -> None:
        """End the threads; what they have begun, they finish."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None
        self._results.clear()

    async def of(self, sound: bytes) -> ResultT:
        """Return the result for a sound, which may be known, or being made, already.

        Raises:
            ProviderError: it was not started.
        """
        key = hashlib.blake2b(sound, digest_size=16).digest()
        result = self._results.get(key)
        if result is None or result.cancelled():
            if self._threads is None:
                raise ProviderError(f"{self._name} was not started")
            loop = asyncio.get_running_loop()
            result = self._results[key] = loop.run_in_executor(self._threads, self._analyse, sound)
            if len(self._results) > _REMEMBERED:
                self._results.popitem(last=False)
        return await asyncio.shield(result)
