"""A recogniser that does no more than its contract requires: words come late, change, and break off."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from voicebot import Hints, Options, ProviderError, Recognition, Recognizer

from ..timeline import RecogniserFault, Setting
from .coded_sound import SOUND
from .session import Log, SelfEnding, Session

_OPENING = ("hangs in opening", "refuses to open")


class TimelineRecognizer(Recognizer[Options]):
    """Hears the words that frames carry."""

    input_format = SOUND

    def __init__(self, setting: Setting) -> None:
        super().__init__(Options())
        self.log = Log()
        self.open = 0
        """Open sessions."""
        self._setting = setting
        self._session: Session | None = None
        self._refusals: deque[RecogniserFault] = deque()

    @property
    def is_idle(self) -> bool:
        """Whether an open session has nothing more to report."""
        return self._session is not None and self._session.is_idle

    def fail(self, how: RecogniserFault, times: int) -> None:
        """Let the session fail, or the opening of the next ones."""
        if how in _OPENING:
            self._refusals.extend([how] * times)
            how = "breaks"
        if self._session is not None:
            self._session.fail(how)

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        """Listen."""
        refusal = self._refusals.popleft() if self._refusals else ""
        if refusal == "refuses to open":
            raise ProviderError("the recogniser is away", retryable=True)
        if refusal:
            await asyncio.get_running_loop().create_future()
        self.open += 1
        self._session = self.session()
        try:
            yield self._session
        finally:
            self._session = None
            try:
                await asyncio.sleep(self._setting.closing)
            finally:
                self.open -= 1

    def session(self) -> Session:
        """Return a fresh session; override it to hear differently."""
        kind = SelfEnding if self._setting.finals == "by itself" else Session
        return kind(self._setting, self.log)
