"""Whether the recogniser and the detector work that conversations are to change to."""

from __future__ import annotations

import asyncio
from typing import Any

from voicebot.audio import AudioFormat
from voicebot.engine.cancellation import own_cancellation
from voicebot.engine.failures import as_provider_error
from voicebot.engine.hearing.recognition.session import RecognitionSession, RecognizerSetup
from voicebot.engine.hearing.voice_activity import VoiceActivityGate
from voicebot.errors import ProviderError
from voicebot.interfaces import VoiceActivityDetector


class HearingTrial:
    """Tries recogniser and detector of one bot, on behalf of all conversations that change to it.

    A session for each of them, all at the same moment, would be too much for many a service.
    """

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()
        self._opened: set[tuple[str, ...]] = set()
        """The languages with which a session of the recogniser has opened."""
        self._has_detected = False

    async def recognize(self, setup: RecognizerSetup) -> None:
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

    def detect(self, detector: VoiceActivityDetector[Any], microphone: AudioFormat) -> None:
        """Begin to detect, and end it, unless that has worked before.

        Raises:
            ProviderError: it does not work.
        """
        if self._has_detected:
            return
        try:
            VoiceActivityGate(detector, microphone).close()
        except (Exception, asyncio.CancelledError) as error:  # a foreign detector may raise anything
            raise ProviderError(f"voice_activity: {as_provider_error('it broke', error)}") from error
        self._has_detected = True
