"""A session of the recogniser: what it hears, and which events follow when."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

from voicebot import (
    FinalTranscript,
    PartialTranscript,
    ProviderError,
    Recognition,
    RecognitionEvent,
    SpeechStarted,
    SpeechStopped,
)

from ..timeline import RecogniserFault, Setting
from .coded_sound import SOUND
from .user_frames import is_speech, word_in
from .vocabulary import misheard

_SLOW = 0.2
"""Seconds that a write takes to be cancelled, when the session has broken meanwhile."""
_STOPPED, _ENDED = 0.2, 0.4
"""Seconds of silence after which speech has stopped, and its segment is over, for the recogniser."""


@dataclass(frozen=True, slots=True)
class Recognized:
    """An event of the recogniser, and when it came."""

    at: float
    event: RecognitionEvent


@dataclass(slots=True)
class Log:
    """The events of all sessions of a recogniser; how many finals and ends of speech there were."""

    events: list[Recognized] = field(default_factory=list)
    finals: int = 0
    ends: int = 0


class Session(Recognition):
    """A recognition session."""

    def __init__(self, setting: Setting, log: Log) -> None:
        self._log = log
        self._setting = setting
        self._time = asyncio.get_running_loop().time
        self._frame_bytes = SOUND.bytes_in(self._setting.frame)
        self._sound = b""
        self._words: list[str] = []
        self._speaks = False
        self._silence = 0.0
        self._heard_at: float | None = None
        self._events: deque[tuple[float, RecognitionEvent | None]] = deque()
        self._own_final: FinalTranscript | None = None
        """The latest final, if no commit asked for it."""
        self._double: tuple[float, FinalTranscript] | None = None
        """A final that is to be repeated, and when, if no more is heard until then."""
        self._fault: RecogniserFault | None = None
        self._changed = asyncio.Event()

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing more to say."""
        if self._fault is not None or self._events or self._double is not None:
            return False
        return not (self._ends_itself and self._heard_at is not None)

    @property
    def _ends_itself(self) -> bool:
        return self._setting.finals != "on commit"

    def fail(self, how: RecogniserFault) -> None:
        """Let the session fail, or hang from now on."""
        self._fault = how
        self._changed.set()

    async def write(self, audio: bytes) -> None:
        """Read the words out of the sound."""
        if self._fault == "hangs in write":
            await asyncio.get_running_loop().create_future()
        if self._fault == "breaks in write":
            await self._break_in_write()
        self._sound += audio
        while len(self._sound) >= self._frame_bytes:
            frame, self._sound = self._sound[: self._frame_bytes], self._sound[self._frame_bytes :]
            if is_speech(frame):
                self._hear(word_in(frame))
            else:
                self._hear_silence(self._setting.frame)

    async def _break_in_write(self) -> None:
        """Break, and take a while to notice that the write was cancelled."""
        self.fail("breaks")
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await asyncio.sleep(_SLOW)

    def _hear(self, word: str) -> None:
        if not self._speaks and self._setting.reports:
            self._say(SpeechStarted(), self._setting.lag)
        self._speaks, self._silence, self._heard_at = True, 0.0, self._time()
        self._double = None
        if word:
            self._words.append(word)
            self._guess()
        self._changed.set()

    def _guess(self) -> None:
        """Report the words so far, as far as they are known."""
        match self._setting.partials:
            case "none":
                return
            case "all":
                words = self._words
            case "misheard":
                words = [*self._words[:-1], misheard(self._words[-1])]
            case "behind":
                words = self._words[:-1]
        if words:
            self._say(PartialTranscript(" ".join(words)), self._setting.lag)

    def _hear_silence(self, seconds: float) -> None:
        before, self._silence = self._silence, self._silence + seconds
        if self._speaks and self._silence >= _STOPPED - 1e-9:
            self._speaks = False
            if self._setting.reports:
                self._say(SpeechStopped(), self._setting.lag)
        if before < _ENDED - 1e-9 <= self._silence:
            self._end_segment()

    def _end_segment(self) -> None:
        self._heard_at = None
        if not self._ends_itself or not self._words:
            return
        self._log.ends += 1
        if self._log.ends != self._setting.missing:  # else its words come with the next
            self._give_final(answers_commit=False)

    async def commit(self) -> None:
        """Finalise what was heard."""
        if self._fault == "hangs in commit":
            await asyncio.get_running_loop().create_future()
        self._take_back_final()
        self._double = None
        self._give_final()

    async def finish(self) -> None:
        """Report what is left, and end."""
        if self._words:
            self._give_final()
        self._say(None, 0.0)

    def _take_back_final(self) -> None:
        """Let one final answer both the commit and the end that the session found itself."""
        final, self._own_final = self._own_final, None
        if final is not None and any(event is final for _, event in self._events):
            self._words = final.text.split() + self._words
            self._events = deque(
                each
                for each in self._events
                if each[1] is not final and not isinstance(each[1], PartialTranscript)
            )

    def _give_final(self, *, answers_commit: bool = True) -> None:
        delays = self._setting.final_delays
        number = self._log.finals
        self._log.finals += 1
        final = FinalTranscript(" ".join(self._words))
        self._words.clear()
        self._say(final, delays[min(number, len(delays) - 1)])
        self._own_final = None if answers_commit else final
        if self._setting.doubled is not None and final.text:
            self._double = (self._events[-1][0] + self._setting.doubled, final)

    def _say(self, event: RecognitionEvent | None, delay: float) -> None:
        """Report an event after a delay, in order."""
        at = self._time() + delay
        if self._events:
            at = max(at, self._events[-1][0])
        self._events.append((at, event))
        self._changed.set()

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        while True:
            if self._fault == "breaks":
                raise ProviderError("the connection was lost", retryable=True)
            if self._fault == "leaks a cancellation":
                raise asyncio.CancelledError
            if self._fault == "ends by itself":
                return
            now = self._time()
            if self._events and self._events[0][0] <= now + 1e-9:
                _, event = self._events.popleft()
                if event is None:
                    return
                self._log.events.append(Recognized(now, event))
                yield event
                continue
            if self._double is not None and now >= self._double[0] - 1e-9:
                self._say(self._double[1], 0.0)
                self._double = None
                continue
            if self._ends_itself and self._heard_at is not None and now >= self._heard_at + _ENDED - 1e-9:
                self._end_segment()  # nothing more comes of what it hears, so that it is silence
                continue
            await self._wait()

    async def _wait(self) -> None:
        """Wait until there is something to say, or the segment is over."""
        due = [self._events[0][0]] if self._events else []
        if self._double is not None:
            due.append(self._double[0])
        if self._ends_itself and self._heard_at is not None:
            due.append(self._heard_at + _ENDED)
        self._changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout_at(min(due) if due else None):
                await self._changed.wait()


class SelfEnding(Session):
    """A session that does not answer commits."""

    commit = Recognition.commit
