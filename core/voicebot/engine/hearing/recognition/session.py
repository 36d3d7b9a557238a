"""One session of a recogniser, opened and closed within time limits."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

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

    @asynccontextmanager
    async def session(self) -> AsyncGenerator[Recognition, None]:
        """Open a session, and close it at the end.

        Raises:
            ProviderError: it did not open in time; retryable.
        """
        session = self.recognizer.listen(self.hints)
        try:
            async with asyncio.timeout(self.start_timeout) as limit:
                recognition = await session.__aenter__()
        except TimeoutError as error:
            if not limit.expired():  # the recogniser's own
                raise
            seconds = f"{self.start_timeout:g} s (`start_timeout`)"
            late = f"the recogniser did not begin to listen within {seconds}"
            raise ProviderError(late, retryable=True) from error
        try:
            yield recognition
        finally:
            try:
                async with asyncio.timeout(_CLOSE_TIMEOUT) as limit:
                    await session.__aexit__(*sys.exc_info())
            except TimeoutError:
                if not limit.expired():
                    raise
                logger.warning("the recogniser did not close within %g s", _CLOSE_TIMEOUT)
