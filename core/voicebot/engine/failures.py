"""Errors of strangers: named but never quoted, since their text may hold a secret; the log has the rest."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from voicebot.errors import ProviderError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """A provider, by its kind, broke a reply."""

    kind: str
    error: Exception


def as_provider_error(what: str, error: BaseException, *, retryable: bool = False) -> ProviderError:
    """Return what a provider raised as what it should have raised, taken out of its groups.

    Args:
        what: says what went wrong where the error is a stranger's, as `the recogniser broke`.
        retryable: whether a stranger's error may be gone the next time.
    """
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, ProviderError):
        return error
    logger.info("%s", what, exc_info=error)
    return ProviderError(f"{what}: {type(error).__name__} (-v shows where)", retryable=retryable)
