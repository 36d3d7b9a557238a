"""`fallback` for recognisers: if one fails, the next one recognises, and gets the audio without a final.

A recognition stream that fails raises. The engine then opens another and writes the audio without a final
again; that stream is the next recogniser's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from voicebot import Choice, Field, Hints, ProviderError, Recognition, Recognizer, Resampler
from voicebot_combine.error_text import is_retryable
from voicebot_combine.fallback.current_provider import CurrentProvider
from voicebot_combine.fallback.order import FallbackOptions, FallbackOrder
from voicebot_combine.fallback.recognition import FallbackRecognition
from voicebot_combine.stray_cancellation import stray_cancellation_fails


class FallbackRecognizerOptions(FallbackOptions):
    """Options of `fallback` for recognisers."""

    of: tuple[Choice[Recognizer[Any]], ...] = Field(min_length=2)
    """The recognisers, in the order in which to use them."""


class FallbackRecognizer(Recognizer[FallbackRecognizerOptions]):
    """Uses the next of several recognisers if one fails.

    The next one receives all sound that has no final transcript yet, so that no word is lost. A conversation
    stays with it, and its observers get a notice. There is no `retry` for recognisers, because the engine
    reopens a recognition stream that fails.
    """

    def __init__(self, options: FallbackRecognizerOptions) -> None:
        super().__init__(options)
        self._order = FallbackOrder(options.of, options, "listens")

    async def start(self) -> None:
        """Start all; one is enough."""
        self.input_format = (await self._order.start()).input_format

    async def aclose(self) -> None:
        """Close all."""
        await self._order.aclose()

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        """Open a stream of the conversation's current recogniser, or of the next one that can."""
        if not hasattr(self, "input_format"):
            raise ProviderError("the recogniser is not started")
        current = self._order.current(hints.conversation)
        async with AsyncExitStack() as stack:
            index, recognition = await self._open(stack, current, hints)
            resampler = Resampler(self.input_format, self._order.children[index].provider.input_format)
            yield FallbackRecognition(self._order, current, index, recognition, resampler)

    async def _open(
        self, stack: AsyncExitStack, current: CurrentProvider, hints: Hints
    ) -> tuple[int, Recognition]:
        order = self._order
        failures: list[str] = []
        any_retryable = False
        for index, child in order.from_current(current):
            try:
                await order.ensure_started(child)
                async with asyncio.timeout(order.timeout) as limit:
                    with stray_cancellation_fails():
                        recognition = await stack.enter_async_context(child.provider.listen(hints))
            except Exception as error:  # a third-party recogniser may raise anything
                cause = error
                if isinstance(error, TimeoutError) and limit.expired():
                    cause = ProviderError(f"it did not listen within {order.timeout:g} s", retryable=True)
                failures.append(order.failure_message(child, cause))
                any_retryable = any_retryable or is_retryable(cause)
                continue
            if failures:
                current.index = index
                current.notice = order.move_message(failures, index)
            return index, recognition
        raise ProviderError("; ".join(failures), retryable=any_retryable)
