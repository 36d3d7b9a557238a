"""A chat model's text on its way through the filters of plugins, to what is cut into sentences and spoken."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager

from voicebot.encodable import EncodablePieces
from voicebot.engine.cancellation import own_cancellation
from voicebot.engine.failures import as_provider_error
from voicebot.engine.filters import Named, ReplyFilter
from voicebot.errors import ProviderError


class FilterFailed(ProviderError):
    """A filter broke a reply; the text says whose it is and why."""


class ReplyText:
    """The text of one reply: what the chat model writes goes in, what is to be said comes out.

    It keeps apart whose fault a failure is, and knows what filters had read when they gave each piece:
    what a content filter takes back of the model's text, it takes back of theirs.
    """

    def __init__(self, filters: Sequence[Named[ReplyFilter]]) -> None:
        self._filters = filters
        self.filtering = False
        """Whether a filter is waited for, not the chat model."""
        self._broken: Exception | None = None
        self._read = 0
        self._given = 0
        self._ends: list[int] = []
        self._given_before: list[int] = []

    @asynccontextmanager
    async def passed_on(self, deltas: AsyncGenerator[str, None]) -> AsyncGenerator[AsyncIterator[str], None]:
        """Give what the filters make of `deltas`, piece by piece.

        Raises:
            FilterFailed: a filter failed; what the chat model raises is raised as it is.
        """
        async with AsyncExitStack() as stack:
            texts = await stack.enter_async_context(aclosing(deltas))
            if self._filters:
                texts = await stack.enter_async_context(aclosing(self._read_by_filters(deltas)))
            for each in self._filters:
                made = self._made(each, texts)
                if isinstance(made, AsyncGenerator):
                    await stack.enter_async_context(aclosing(made))
                texts = await stack.enter_async_context(aclosing(self._checked(made, each.owner)))
            yield self._counted(texts) if self._filters else texts
            if self._broken is not None:  # a filter took no notice of it
                raise self._broken

    def taken_back(self, characters: int) -> int:
        """Return how many of the last characters that were given go, if so many of the model's do.

        All goes that a filter may have made of them: what it gave once it had read the first of them.
        """
        if not self._filters or not characters:
            return characters
        first = bisect_right(self._ends, self._read - characters)
        return self._given - self._given_before[first] if first < len(self._ends) else 0

    async def _read_by_filters(self, deltas: AsyncGenerator[str, None]) -> AsyncGenerator[str, None]:
        try:
            with own_cancellation("the chat model broke"):
                async for text in deltas:
                    self._read += len(text)
                    self._ends.append(self._read)
                    self._given_before.append(self._given)
                    self.filtering = True
                    yield text
                    self.filtering = False
        except Exception as error:  # a stranger's chat model may raise anything
            self._broken = error
            raise
        self.filtering = True

    def _made(self, each: Named[ReplyFilter], texts: AsyncIterator[str]) -> AsyncIterator[str]:
        try:
            with own_cancellation("it broke"):
                return aiter(each.filter(texts))
        except Exception as error:  # a stranger's filter may raise anything
            raise self._failure(each.owner, error) from None

    async def _checked(self, texts: AsyncIterator[str], owner: str) -> AsyncGenerator[str, None]:
        """Give what one filter gives, and say that it was that one which failed."""
        pieces = EncodablePieces()
        try:
            with own_cancellation("it broke"):
                async for text in texts:
                    if not isinstance(text, str):
                        raise ProviderError(f"it gave {type(text).__name__} instead of text")
                    yield pieces.feed(text)
                if rest := pieces.finish():
                    yield rest
        except Exception as error:  # a stranger's filter may raise anything
            if self._broken is None:
                self._broken = self._failure(owner, error)
            raise self._broken from None

    async def _counted(self, texts: AsyncIterator[str]) -> AsyncGenerator[str, None]:
        async for text in texts:
            self._given += len(text)
            yield text

    def _failure(self, owner: str, error: Exception) -> FilterFailed:
        return FilterFailed(f"the reply filter of '{owner}' failed: {as_provider_error('it broke', error)}")
