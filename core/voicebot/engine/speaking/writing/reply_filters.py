"""The filters of plugins that a chat model's text passes through before it is cut into units and spoken."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager

from voicebot.encodable import EncodablePieces
from voicebot.engine.cancellation import own_cancellation
from voicebot.engine.failures import as_provider_error
from voicebot.engine.filters import NamedFilter, ReplyFilter
from voicebot.errors import ProviderError


class FilterFailed(ProviderError):
    """A filter broke a reply; the message says which filter, and why."""


class ReplyFilterChain:
    """The filters of one reply, one after the other.

    It distinguishes a filter's failure from the chat model's. It also records how much the filters had read
    when they gave each piece: what the model's content filter retracts, they may have changed.
    """

    def __init__(self, filters: Sequence[NamedFilter[ReplyFilter]]) -> None:
        self._filters = filters
        self.is_filtering = False
        """Whether a filter is being waited for, not the chat model."""
        self._error: Exception | None = None
        self._read = self._given = 0
        """Characters that the filters have read so far, and given."""
        self._read_after: list[int] = []
        self._given_before: list[int] = []
        """For each piece that the filters have read: characters read after it, and given before it."""

    def applied(self, deltas: AsyncGenerator[str, None]) -> AbstractAsyncContextManager[AsyncIterator[str]]:
        """Yield the output of the filters for `deltas`, piece by piece.

        Raises:
            FilterFailed: a filter failed; what the chat model raises is passed on.
        """
        return self._applied(deltas) if self._filters else aclosing(deltas)

    @asynccontextmanager
    async def _applied(self, deltas: AsyncGenerator[str, None]) -> AsyncGenerator[AsyncIterator[str], None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(aclosing(deltas))
            texts = await stack.enter_async_context(aclosing(self._read_by_filters(deltas)))
            for each in self._filters:
                filtered = self._apply(each, texts)
                if isinstance(filtered, AsyncGenerator):
                    await stack.enter_async_context(aclosing(filtered))
                texts = await stack.enter_async_context(aclosing(self._checked(filtered, each.owner)))
            yield self._counted(texts)
            if self._error is not None:  # a filter has ignored it
                raise self._error

    def retracted(self, characters: int) -> int:
        """Return how many characters at the end to retract for as many at the end of the model's text.

        That is everything that the filters gave once they had read the first of them.
        """
        if not self._filters or not characters:
            return characters
        first = bisect_right(self._read_after, self._read - characters)
        return self._given - self._given_before[first] if first < len(self._read_after) else 0

    async def _read_by_filters(self, deltas: AsyncGenerator[str, None]) -> AsyncGenerator[str, None]:
        try:
            with own_cancellation("the chat model broke"):
                async for text in deltas:
                    self._read += len(text)
                    self._read_after.append(self._read)
                    self._given_before.append(self._given)
                    self.is_filtering = True
                    yield text
                    self.is_filtering = False
        except Exception as error:  # a third-party chat model may raise anything
            self._error = error
            raise
        self.is_filtering = True

    def _apply(self, each: NamedFilter[ReplyFilter], texts: AsyncIterator[str]) -> AsyncIterator[str]:
        try:
            with own_cancellation("it broke"):
                return aiter(each.filter(texts))
        except Exception as error:  # a third-party filter may raise anything
            raise self._failure(each.owner, error) from None

    async def _checked(self, texts: AsyncIterator[str], owner: str) -> AsyncGenerator[str, None]:
        """Yield the output of one filter; raise `FilterFailed` if it fails."""
        pieces = EncodablePieces()
        try:
            with own_cancellation("it broke"):
                async for text in texts:
                    if not isinstance(text, str):
                        raise ProviderError(f"it gave {type(text).__name__} instead of text")
                    yield pieces.feed(text)
                if rest := pieces.finish():
                    yield rest
        except Exception as error:  # a third-party filter may raise anything
            if self._error is None:
                self._error = self._failure(owner, error)
            raise self._error from None

    async def _counted(self, texts: AsyncIterator[str]) -> AsyncGenerator[str, None]:
        async for text in texts:
            self._given += len(text)
            yield text

    def _failure(self, owner: str, error: Exception) -> FilterFailed:
        return FilterFailed(f"the reply filter of '{owner}' failed: {as_provider_error('it broke', error)}")
