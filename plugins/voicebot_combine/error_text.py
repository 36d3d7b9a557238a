"""Why a provider failed, in a line that can be shown: words that are not its own may hold a secret."""

from __future__ import annotations

import logging

from voicebot import ProviderError

logger = logging.getLogger(__name__)


def reason(error: BaseException) -> str:
    """Return a line about an error; a stranger's is named, and the log has the rest."""
    error = cause(error)
    if isinstance(error, ProviderError):
        return " ".join(str(error).split())
    logger.info("a provider broke", exc_info=error)
    return f"{type(error).__name__} (-v shows where)"


def retryable(error: BaseException) -> bool:
    """Return whether a provider says that trying again may help."""
    error = cause(error)
    return isinstance(error, ProviderError) and error.retryable


def cause(error: BaseException) -> BaseException:
    """Take an error out of its groups."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
