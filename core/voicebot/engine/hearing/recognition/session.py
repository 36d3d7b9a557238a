"""One session of a recogniser, opened and closed within time limits."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AbstractAsyncContextManager
from types import TracebackType

from voicebot.dataclass import dataclass
from voicebot.errors import ProviderError
from voicebot.interfaces import Recognition, Recognizer
from voicebot.messages import Hints
from voicebot.options import Options

logger = logging.getLogger(__name__)
_CLOSE_TIMEOUT = 3.0


@dataclass(frozen=True, slots=True)
class RecognizerSetup:
    """A recogniser, and how a conversation uses it.

    Args:
        recognizer: a started provider.
        hints: what it is given with each session.
        start_timeout: seconds that a session may take to open.
        timeout: seconds that a session may take to accept sound or a commit.
    """

    recognizer: Recognizer[Options]
    hints: Hints
    start_timeout: float
    timeout: float


class RecognitionSession:
    """An async context manager that opens a session, and closes it at the end.

    Entering raises a retryable `ProviderError` if the session does not open in time.
    """

    def __init__(self, setup: RecognizerSetup) -> None:
        self._setup = setup
        self._session: AbstractAsyncContextManager[Recognition] = setup.recognizer.listen(setup.hints)

    async def __aenter__(self) -> Recognition:
        try:
            async with asyncio.timeout(self._setup.start_timeout) as limit:
                return await self._session.__aenter__()
        except TimeoutError as error:
            if not limit.expired():  # the recogniser's own
                raise
            seconds = f"{self._setup.start_timeout:g} s (`start_timeout`)"
            late = f"the recogniser did not begin to listen within {seconds}"
            raise ProviderError(late, retryable=True) from error

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            async with asyncio.timeout(_CLOSE_TIMEOUT) as limit:
                await self._session.__aexit__(kind, error, traceback)
        except TimeoutError:
            if not limit.expired():
                raise
            logger.warning("the recogniser did not close within %g s", _CLOSE_TIMEOUT)
