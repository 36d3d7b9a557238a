"""One stretch of listening with Azure Speech: a session of the SDK, watched over."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import assert_never

from voicebot import AudioFormat, ProviderError, Recognition, RecognitionEvent
from voicebot_azure.recognition.commit_finals import Settlement
from voicebot_azure.recognition.options import AzureRecognizerOptions
from voicebot_azure.recognition.session import RATE, Session
from voicebot_azure.recognition.session_events import (
    Connected,
    Disconnected,
    Ended,
    Hypothesis,
    News,
    Phrase,
    SpeechHeard,
)
from voicebot_azure.remedies import failure

SOUND = AudioFormat(RATE)
_LOUD = 1_500
"""Largest sample of a piece of sound that may be speech."""
_NUDGE = bytes(SOUND.bytes_in(0.02))
"""On a new connection the SDK repeats what the old one lost, but not before it has more to say."""
_COMMIT_ATTEMPTS, _COMMIT_PAUSE = 10, 0.02
"""The SDK refuses a second commit within 100 ms."""


class AzureRecognition(Recognition):
    """Answers every commit with one final, and fails where the service falls silent.

    Args:
        account: for what errors say.
    """

    def __init__(self, settlement: Settlement, account: AzureRecognizerOptions) -> None:
        self.fell_silent = False
        """Whether it was given up since the service said nothing."""
        self._settlement = settlement
        self._account = account
        self._session: Session | None = None
        self._events: deque[RecognitionEvent] = deque()
        self._error: ProviderError | None = None
        self._connected = asyncio.Event()
        self._was_connected = False
        self._finished = False
        self._ended = False
        self._news = asyncio.Event()
        self._deadline: float | None = None
        self._loop = asyncio.get_running_loop()

    async def connect(self, session: Session) -> None:
        """Wait until the session, which is being opened, is connected; `ProviderError` if it is not."""
        self._session = session
        patience = self._account.connect_timeout
        try:
            async with asyncio.timeout(patience):
                await self._connected.wait()
        except TimeoutError as error:
            raise failure(self._account, "stt", "unconnected", seconds=f"{patience:g}") from error
        if self._error is not None:
            raise self._error

    async def write(self, audio: bytes) -> None:
        """Send sound; the SDK keeps it until the service has settled it."""
        assert self._session is not None
        self._session.write(audio)
        loud = bool(audio) and max(memoryview(audio).cast("h")) > _LOUD
        self._settlement.wrote(self._loop.time(), SOUND.seconds_in(len(audio)), loud=loud)
        self._look_again()

    async def commit(self) -> None:
        """Have what was written settled into one final."""
        assert self._session is not None
        token = 0
        for _ in range(_COMMIT_ATTEMPTS if self._settlement.commits else 0):
            if token := self._session.commit():
                break
            await asyncio.sleep(_COMMIT_PAUSE)
        self._settlement.committed(self._loop.time(), token)
        self._look_again()

    async def finish(self) -> None:
        """Have the rest settled; the iteration then ends."""
        assert self._session is not None
        if not self._finished:
            self._finished = True
            self._session.finish()
            self._settlement.finished(self._loop.time())
            self._look_again()

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        """Give what the service says; raise `ProviderError` when it fails or falls silent."""
        while True:
            while self._events:
                yield self._events.popleft()
            if self._error is not None:
                raise self._error
            if self._ended:
                return
            await self._wait()

    def take(self, news: News) -> None:
        """Take in what the session tells."""
        if self._error is not None or self._ended:
            return
        settlement, now = self._settlement, self._loop.time()
        match news:
            case Connected():
                settlement.connected(now)
                if self._was_connected and self._session is not None:
                    self._session.write(_NUDGE)
                self._was_connected = True
                self._connected.set()
            case Disconnected():
                settlement.disconnected(now)
            case SpeechHeard():
                self._events += settlement.speech(now)
            case Hypothesis(text):
                self._events += settlement.hypothesis(now, text)
            case Phrase(text, language, token):
                self._events += settlement.phrase(now, text, language, token)
            case Ended(code):
                self._end(code)
            case _:
                assert_never(news)
        self._news.set()

    async def _wait(self) -> None:
        """Wait for news, or until time itself is news."""
        self._news.clear()
        self._deadline = self._settlement.deadline
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._deadline):
                await self._news.wait()
        now = self._loop.time()
        self._events += self._settlement.tick(now)
        if not self._ended and self._error is None and (trouble := self._settlement.trouble(now)):
            self.fell_silent = True
            seconds = f"{self._settlement.watchdog:g}"
            self._error = failure(self._account, "stt", trouble, seconds=seconds)

    def _look_again(self) -> None:
        if self._settlement.deadline != self._deadline:
            self._news.set()

    def _end(self, code: str | None) -> None:
        if code is None and self._finished:
            self._ended = True
            self._events += self._settlement.ended()
            return
        code = code or "ended"
        if code == "AuthenticationFailure" and self._was_connected:
            code = "expired"  # it was accepted before
        self._error = failure(self._account, "stt", code)
        self._connected.set()
