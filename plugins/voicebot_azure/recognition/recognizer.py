"""The recogniser `azure-stt`: Azure Speech to text through the Speech SDK."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from voicebot import Hints, ProviderError, Recognition, Recognizer
from voicebot_azure.diagnosis import diagnose
from voicebot_azure.recognition.commit_finals import Settlement
from voicebot_azure.recognition.options import AzureRecognizerOptions
from voicebot_azure.recognition.session import Session, can_commit
from voicebot_azure.recognition.session_events import News
from voicebot_azure.recognition.stream import SOUND, AzureRecognition
from voicebot_azure.remedies import failure
from voicebot_azure.sdk import Speech
from voicebot_azure.threads import call_soon, in_thread

_CLOSING = 2.0
"""Seconds that the end of listening waits for the SDK at most."""
_SILENCE = 0.5


class AzureRecognizer(Recognizer[AzureRecognizerOptions]):
    """Recognises with Azure Speech, over a connection of its own for each stretch of listening."""

    input_format = SOUND

    def __init__(self, options: AzureRecognizerOptions) -> None:
        super().__init__(options)
        self._speech: Speech | None = None
        self._failures = 0

    async def start(self) -> None:
        """Load the SDK.

        Raises:
            ProviderError: the SDK, or what `entra` needs, is not there.
        """
        if self._speech is None:
            self._speech = await in_thread(lambda: Speech(self.options, "stt"), "azure-stt: load")

    async def aclose(self) -> None:
        """Let go of the SDK."""
        speech, self._speech = self._speech, None
        if speech is not None:
            await in_thread(speech.close, "azure-stt: close")

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        """Open one stretch of listening, and connect before anything is said."""
        speech, options = self._speech, self.options
        if speech is None:
            raise ProviderError("the recogniser azure-stt was not started")
        loop = asyncio.get_running_loop()
        settlement = Settlement(
            commits=can_commit(options),
            silence=options.segmentation_silence or _SILENCE,
            watchdog=options.watchdog,
            failures=self._failures,
        )
        recognition = AzureRecognition(settlement, options)

        def tell(news: News) -> None:
            call_soon(loop, recognition.take, news)

        session = Session(speech, options, hints, tell)
        try:
            await self._connect(session, recognition)
            yield recognition
        finally:
            self._failures = settlement.failures + 1 if recognition.fell_silent else 0
            await asyncio.wait([in_thread(session.close, "azure-stt: close")], timeout=_CLOSING)

    async def _connect(self, session: Session, recognition: AzureRecognition) -> None:
        opening = in_thread(session.open, "azure-stt: open")
        try:
            await opening
        except RuntimeError as error:  # the SDK's own, with a stack trace for a text
            raise failure(self.options, "stt", "RuntimeError") from error
        try:
            await recognition.connect(session)
        except ProviderError as error:
            if not error.retryable:
                raise
            cause = await in_thread(lambda: diagnose(self.options, "stt"), "azure-stt: diagnosis")
            raise cause or error from None
