"""Whether a recogniser that conversations are to change to opens a session."""

from __future__ import annotations

import asyncio

from voicebot.engine.cancellation import own_cancellation
from voicebot.engine.failures import as_provider_error
from voicebot.engine.hearing.recognition.session import RecognitionSession, RecognizerSetup
from voicebot.errors import ProviderError


class RecognizerTrial:
    """Tries the recogniser of one bot, on behalf of all conversations that change to it.

    One session for each of them, all at the same moment, would be too much for many a service.
    """

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()
        self._opened: set[tuple[str, ...]] = set()
        """The languages with which a session has opened."""

    async def open(self, setup: RecognizerSetup) -> None:
        """Open a session and close it, unless one has opened before with the same languages.

        Raises:
            ProviderError: it does not open.
        """
        async with self._one_at_a_time:
            if setup.hints.languages in self._opened:
                return
            try:
                with own_cancellation("it broke"):
                    async with RecognitionSession(setup):
                        pass
            except Exception as error:  # a foreign recogniser may raise anything
                raise ProviderError(f"recognizer: {as_provider_error('it broke', error)}") from error
            self._opened.add(setup.hints.languages)
