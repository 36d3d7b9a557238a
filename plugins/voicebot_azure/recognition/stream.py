"""One recognition stream: from the events of an SDK session to the recognition events of the engine."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import assert_never

from voicebot import AudioFormat, ProviderError, Recognition, RecognitionEvent
from voicebot_azure.recognition.commit_finals import CommitFinals
from voicebot_azure.recognition.options import AzureRecognizerOptions
from voicebot_azure.recognition.session import RATE, Session
from voicebot_azure.recognition.session_events import (
    Connected,
    Disconnected,
    Hypothesis,
    Phrase,
    SessionEnded,
    SessionEvent,
    SpeechDetected,
)
from voicebot_azure.remedies import failure

INPUT_FORMAT = AudioFormat(RATE)
_LOUD = 1_500
"""A chunk whose largest sample exceeds this may be speech."""
_FLUSH = bytes(INPUT_FORMAT.bytes_in(0.02))
"""After reconnecting, the SDK resends what was lost, but only once it has more audio to send."""
_COMMIT_ATTEMPTS, _COMMIT_RETRY_DELAY = 10, 0.02
"""The SDK refuses a second commit within 100 ms."""


class AzureRecognition(Recognition):
    """Answers every commit with one final, and fails when the service falls silent."""

    def __init__(self, finals: CommitFinals, options: AzureRecognizerOptions) -> None:
        self.service_was_silent = False
        """Whether the stream failed because the service sent nothing, or could not be reached again."""
        self._finals = finals
        self._watchdog = finals.watchdog
        self._options = options
        self._session: Session | None = None
        self._events: deque[RecognitionEvent] = deque()
        self._error: ProviderError | None = None
        self._connected = asyncio.Event()
        self._was_connected = False
        self._finished = False
        self._ended = False
        self._changed = asyncio.Event()
        self._deadline: float | None = None
        self._loop = asyncio.get_running_loop()

    async def connect(self, session: Session) -> None:
        """Wait until the session, which is being opened, is connected.

        Raises:
            ProviderError: it failed, or took longer than `connect_timeout`.
        """
        self._session = session
        timeout = self._options.connect_timeout
        try:
            async with asyncio.timeout(timeout):
                await self._connected.wait()
        except TimeoutError as error:
            raise failure(self._options, "stt", "unconnected", seconds=f"{timeout:g}") from error
        if self._error is not None:
            raise self._error

    async def write(self, audio: bytes) -> None:
        """Send audio; the SDK keeps it until the service has recognised it."""
        assert self._session is not None
        self._session.write(audio)
        loud = bool(audio) and max(memoryview(audio).cast("h")) > _LOUD
        self._watchdog.audio_sent(self._loop.time(), INPUT_FORMAT.seconds_in(len(audio)), loud=loud)
        self._check_deadline()

    async def commit(self) -> None:
        """Ask for one final of everything that was written."""
        assert self._session is not None
        token = 0
        for _ in range(_COMMIT_ATTEMPTS if self._finals.sends_commits else 0):
            if token := self._session.commit():
                break
            await asyncio.sleep(_COMMIT_RETRY_DELAY)
        self._finals.committed(self._loop.time(), token)
        self._check_deadline()

    async def finish(self) -> None:
        """End the audio; the iteration ends once the rest has been recognised."""
        assert self._session is not None
        if not self._finished:
            self._finished = True
            self._session.finish()
            self._watchdog.audio_finished(self._loop.time())
            self._check_deadline()

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        """Yield recognition events; raise `ProviderError` when the service fails or falls silent."""
        while True:
            while self._events:
                yield self._events.popleft()
            if self._error is not None:
                raise self._error
            if self._ended:
                return
            await self._wait()

    def handle(self, event: SessionEvent) -> None:
        """Handle an event of the session, in the loop."""
        if self._error is not None or self._ended:
            return
        finals, now = self._finals, self._loop.time()
        match event:
            case Connected():
                self._watchdog.connected(now)
                if self._was_connected and self._session is not None:
                    self._session.write(_FLUSH)
                    self._finals.reconnected(self._session.commit() if self._finals.sends_commits else 0)
                self._was_connected = True
                self._connected.set()
            case Disconnected():
                self._watchdog.disconnected(now)
            case SpeechDetected():
                self._events += finals.speech_detected(now)
            case Hypothesis(text):
                self._events += finals.hypothesis(now, text)
            case Phrase(text, language, token):
                self._events += finals.phrase(now, text, language, token)
            case SessionEnded(code):
                self._end(code)
            case _:
                assert_never(event)
        self._changed.set()

    async def _wait(self) -> None:
        """Wait for an event of the session, or for the deadline."""
        self._changed.clear()
        self._deadline = self._finals.deadline
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._deadline):
                await self._changed.wait()
        now = self._loop.time()
        self._events += self._finals.tick(now)
        if not self._ended and self._error is None and (problem := self._finals.problem(now)):
            self.service_was_silent = True
            seconds = f"{self._watchdog.timeout:g}"
            self._error = failure(self._options, "stt", problem, seconds=seconds)

    def _check_deadline(self) -> None:
        if self._finals.deadline != self._deadline:
            self._changed.set()

    def _end(self, code: str | None) -> None:
        if code is None and self._finished:
            self._ended = True
            self._events += self._finals.ended()
            return
        code = code or "ended"
        if code == "AuthenticationFailure" and self._was_connected:
            code = "expired"  # it was accepted before
        self._error = failure(self._options, "stt", code)
        self._connected.set()
