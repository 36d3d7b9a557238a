"""Describing a provider's error in one line that can be shown: foreign messages may contain secrets."""

from __future__ import annotations

import logging

from voicebot import ProviderError

logger = logging.getLogger(__name__)


def describe(error: BaseException) -> str:
    """Return one line about an error; of a foreign exception only the type, while the log has the rest."""
    error = unwrap(error)
    if isinstance(error, ProviderError):
        return " ".join(str(error).split())
    logger.info("a provider raised an exception", exc_info=error)
    return f"{type(error).__name__} (-v shows where)"


def is_retryable(error: BaseException) -> bool:
    """Return whether the provider says that trying again may help."""
    error = unwrap(error)
    return isinstance(error, ProviderError) and error.retryable


def unwrap(error: BaseException) -> BaseException:
    """Return the first error in an exception group; any other error unchanged."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
