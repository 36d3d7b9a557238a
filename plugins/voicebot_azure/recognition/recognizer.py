"""The recogniser `azure-stt`: Azure Speech to text through the Speech SDK."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from voicebot import Hints, ProviderError, Recognition, Recognizer
from voicebot_azure.diagnosis import diagnose
from voicebot_azure.recognition.commit_finals import CommitFinals
from voicebot_azure.recognition.options import AzureRecognizerOptions
from voicebot_azure.recognition.session import Session, can_commit
from voicebot_azure.recognition.session_events import SessionEvent
from voicebot_azure.recognition.stream import INPUT_FORMAT, AzureRecognition
from voicebot_azure.recognition.watchdog import Watchdog
from voicebot_azure.remedies import failure
from voicebot_azure.sdk import SpeechSdk
from voicebot_azure.threads import call_soon, in_thread

_CLOSE_TIMEOUT = 2.0
"""Seconds to wait for the SDK when a stream is closed."""
_DEFAULT_SILENCE = 0.5
"""Seconds of silence after which the service ends a segment, if it is not told otherwise."""


class AzureRecognizer(Recognizer[AzureRecognizerOptions]):
    """Recognises with Azure Speech, with one connection for each recognition stream."""

    input_format = INPUT_FORMAT

    def __init__(self, options: AzureRecognizerOptions) -> None:
        super().__init__(options)
        self._sdk: SpeechSdk | None = None
        self._silent_sessions = 0

    async def start(self) -> None:
        """Load the SDK.

        Raises:
            ProviderError: the SDK, or a package that `entra` needs, is not installed.
        """
        if self._sdk is None:
            self._sdk = await in_thread(lambda: SpeechSdk(self.options, "stt"), "azure-stt: load")

    async def aclose(self) -> None:
        """Release the SDK."""
        sdk, self._sdk = self._sdk, None
        if sdk is not None:
            await in_thread(sdk.close, "azure-stt: close")

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        """Open a recognition stream, connected before anything is said."""
        sdk, options = self._sdk, self.options
        if sdk is None:
            raise ProviderError("the recogniser azure-stt is not started")
        loop = asyncio.get_running_loop()
        watchdog = Watchdog(options.watchdog, self._silent_sessions)
        finals = CommitFinals(
            sends_commits=can_commit(options),
            silence=options.segmentation_silence or _DEFAULT_SILENCE,
            watchdog=watchdog,
        )
        recognition = AzureRecognition(finals, options)

        def on_event(event: SessionEvent) -> None:
            call_soon(loop, recognition.handle, event)

        session = Session(sdk, options, hints, on_event)
        try:
            await self._connect(session, recognition)
            yield recognition
        finally:
            self._silent_sessions = watchdog.silent_sessions + 1 if recognition.service_was_silent else 0
            await asyncio.wait([in_thread(session.close, "azure-stt: close")], timeout=_CLOSE_TIMEOUT)

    async def _connect(self, session: Session, recognition: AzureRecognition) -> None:
        opening = in_thread(session.open, "azure-stt: open")
        try:
            await opening
        except RuntimeError as error:  # from the SDK, with a stack trace as its message
            raise failure(self.options, "stt", "RuntimeError") from error
        try:
            await recognition.connect(session)
        except ProviderError as error:
            if not error.retryable:
                raise
            cause = await in_thread(lambda: diagnose(self.options, "stt"), "azure-stt: diagnosis")
            raise cause or error from None
