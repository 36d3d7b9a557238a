"""Foreign errors: messages name them but never quote them, since their text may contain a secret."""

from __future__ import annotations

import logging

from voicebot.dataclass import dataclass
from voicebot.errors import ProviderError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a reply failed: the kind of provider, and its error."""

    kind: str
    error: Exception


def as_provider_error(what: str, error: BaseException, *, retryable: bool = False) -> ProviderError:
    """Return an error, unwrapped from its groups, as a `ProviderError`.

    Args:
        what: describes what went wrong if the error is a foreign one, such as `the recogniser broke`.
        error: what a provider raised.
        retryable: whether a foreign error may not occur the next time.
    """
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, ProviderError):
        return error
    logger.info("%s", what, exc_info=error)
    return ProviderError(f"{what}: {type(error).__name__} (-v shows where)", retryable=retryable)
