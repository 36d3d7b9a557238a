"""The filters that plugins add to a conversation, and the chain for the user's words."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any, Generic, TypeAlias, TypeVar

from voicebot.config.schema import Settings
from voicebot.dataclass import dataclass
from voicebot.encodable import encodable
from voicebot.engine.cancellation import own_cancellation
from voicebot.engine.failures import as_provider_error
from voicebot.errors import ProviderError

logger = logging.getLogger(__name__)
TranscriptFilter: TypeAlias = Callable[[str], str]
ReplyFilter: TypeAlias = Callable[[AsyncIterator[str]], AsyncIterator[str]]
TranscriptFilterMaker: TypeAlias = Callable[[Settings], TranscriptFilter | None]
ReplyFilterMaker: TypeAlias = Callable[[Settings], ReplyFilter | None]
"""Makes a filter when a conversation begins, or returns None if there is nothing to filter."""
FilterT = TypeVar("FilterT", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class NamedFilter(Generic[FilterT]):
    """A filter, and the plugin or function that it comes from."""

    owner: str
    filter: FilterT


def create_filters(
    makers: Iterable[Callable[[Settings], FilterT | None]], settings: Settings
) -> tuple[NamedFilter[FilterT], ...]:
    """Create the filters of a new conversation; a factory that fails is skipped with a warning."""
    filters = []
    for maker in makers:
        owner = str(getattr(maker, "plugin", None) or getattr(maker, "__name__", "a filter"))
        try:
            with own_cancellation("it broke"):
                made = maker(settings)
            if made is not None and not callable(made):
                raise ProviderError(f"it returned {type(made).__name__}, which is not a function")
        except Exception as error:  # a third-party hook may raise anything
            reason = as_provider_error("it broke", error)
            logger.warning("the filter of '%s' is left out of this conversation: %s", owner, reason)
            continue
        if made is not None:
            filters.append(NamedFilter(owner, made))
    return tuple(filters)


class TranscriptFilterChain:
    """Passes the user's words through the filters of one conversation.

    A filter that fails lets them pass unchanged.

    Args:
        failed: called with the reason when a filter fails, once for each filter.
    """

    def __init__(
        self,
        filters: Iterable[NamedFilter[TranscriptFilter]],
        failed: Callable[[ProviderError], None],
    ) -> None:
        self._filters = tuple(filters)
        self._failed = failed
        self._reported: set[int] = set()

    def __call__(self, text: str) -> str:
        """Return the words that the conversation uses."""
        text = encodable(text)
        for number, each in enumerate(self._filters):
            try:
                with own_cancellation("it broke"):
                    filtered = each.filter(text)
                if not isinstance(filtered, str):
                    raise ProviderError(f"it returned {type(filtered).__name__} instead of words")
            except Exception as error:  # a third-party filter may raise anything
                self._report(number, error)
            else:
                text = encodable(filtered)
        return text

    def _report(self, number: int, error: Exception) -> None:
        if number in self._reported:
            return
        self._reported.add(number)
        reason, owner = as_provider_error("it broke", error), self._filters[number].owner
        message = f"the transcript filter of '{owner}' failed; the words are used unchanged: {reason}"
        logger.warning("%s", message)
        self._failed(ProviderError(message))
