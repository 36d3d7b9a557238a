"""The engine's end of a recogniser: sound goes in through a gate, and is not lost when recognition breaks."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from enum import Enum, auto
from typing import TypeAlias

from voicebot.audio import AudioFormat, Resampler
from voicebot.engine.failures import as_provider_error
from voicebot.errors import ProviderError
from voicebot.interfaces import Recognition, Recognizer
from voicebot.messages import FinalTranscript, Hints, Notice, RecognitionEvent
from voicebot.options import Options

_ATTEMPTS = 4
_FIRST_WAIT = 0.2
_LONGEST_WAIT = 2.0
_HEALTHY = 5.0
"""Seconds after which a session that breaks was a good one: services close those that have long been idle."""
_OUTAGE = 60.0
"""Seconds that a recogniser which has worked may be away, whatever it says the reason is."""
_KEPT_SECONDS = 60.0
_FRAMES_AHEAD = 100
_MOST_FRAMES = 3000
"""Frames that wait for the recogniser: a recording's, and at all. What is a minute behind is lost."""


class _Mark(Enum):
    COMMIT = auto()
    FINISH = auto()


_Item: TypeAlias = bytes | _Mark


class _Unsettled:
    """Sound and marks that no final transcript has answered yet, at most `seconds` of sound."""

    def __init__(self, seconds: float, sound: AudioFormat) -> None:
        self._most = sound.bytes_in(seconds)
        self._size = 0
        self._items: deque[_Item] = deque()

    def add(self, item: _Item) -> None:
        self._items.append(item)
        self._size += _size(item)
        while self._size > self._most:
            self._size -= _size(self._items.popleft())

    def settle(self) -> None:
        """Forget what a final answers: all up to the first commit, or all there is without one."""
        while self._items and self._items[0] is not _Mark.FINISH:
            item = self._items.popleft()
            if item is _Mark.COMMIT:
                break
            self._size -= _size(item)

    def __iter__(self) -> Iterator[_Item]:
        return iter(self._items)


def _size(item: _Item) -> int:
    return len(item) if isinstance(item, bytes) else 0


class Listener:
    """Keeps recognition going for the length of a conversation.

    While the gate is closed, sound waits in the pre-roll; when it opens, the pre-roll goes first. What
    has not become a final transcript is told again when recognition had to be reopened. A recogniser
    that is slow to take sound holds nobody up, unless it is a recording's.

    Args:
        microphone: format of the sound that `write` takes.
        pre_roll: seconds kept while the gate is closed.
        live: False where `write` is to wait for the recogniser.
        timeout: seconds that a session may take to open.
    """

    def __init__(
        self,
        recognizer: Recognizer[Options],
        hints: Hints,
        microphone: AudioFormat,
        *,
        pre_roll: float,
        live: bool,
        timeout: float,
    ) -> None:
        sound = recognizer.input_format
        self._recognizer = recognizer
        self._hints = hints
        self._live = live
        self._timeout = timeout
        self._resampler = Resampler(microphone, sound)
        self._pre_roll = _Unsettled(pre_roll, sound)
        self._unsettled = _Unsettled(_KEPT_SECONDS, sound)
        self._outbox: deque[_Item] = deque(maxlen=_MOST_FRAMES)
        self._filled = asyncio.Event()
        self._room = asyncio.Event()
        self._opened = 0.0
        self._told = False
        self._finished = False

    async def run(
        self,
        heard: Callable[[RecognitionEvent], Awaitable[None]],
        failed: Callable[[ProviderError], None],
        ready: Callable[[], None],
    ) -> None:
        """Recognise until all is told that was heard before `finish`; reopen what breaks.

        Raises:
            ProviderError: recognition cannot be had, for good.
        """
        loop = asyncio.get_running_loop()
        attempts, away_since, has_worked = 0, 0.0, False
        while True:
            self._opened, self._told = float("inf"), False
            try:
                await self._session(heard, ready)
                if self._finished:
                    return
                raise ProviderError("the recogniser stopped listening by itself", retryable=True)
            except Exception as broken:
                error = as_provider_error("the recogniser broke", broken, retryable=True)
                now = loop.time()
                if self._told or now - self._opened >= _HEALTHY:
                    attempts, away_since, has_worked = 0, now, True
                attempts += 1
                if has_worked:
                    for_good = now - away_since >= _OUTAGE
                else:
                    for_good = attempts >= _ATTEMPTS or not error.retryable
                if for_good:
                    raise error from None
                if attempts == 2 or (attempts == 1 and any(True for _ in self._unsettled)):
                    failed(error)
                await asyncio.sleep(min(_FIRST_WAIT * 2 ** (attempts - 1), _LONGEST_WAIT))

    async def write(self, audio: bytes, *, gate_open: bool) -> None:
        """Hand over the next sound: to the recogniser, or to the pre-roll while the gate is closed."""
        audio = self._resampler.write(audio)  # nothing, at times: it hands out sound by the block
        if not gate_open:
            if audio:
                self._pre_roll.add(audio)
            return
        for before in self._pre_roll:
            self._send(before)
        self._pre_roll.settle()
        if audio:
            self._send(audio)
        while not self._live and len(self._outbox) >= _FRAMES_AHEAD:
            self._room.clear()
            await self._room.wait()

    def commit(self) -> None:
        """Ask for the final transcript now."""
        self._send(_Mark.COMMIT)

    def finish(self, *, commit: bool) -> None:
        """Say that no more will be heard, and maybe ask for its final; `run` then ends after the last."""
        self._finished = True
        if rest := self._resampler.flush():
            self._send(rest)
        if commit:
            self.commit()
        self._send(_Mark.FINISH)

    def _send(self, item: _Item) -> None:
        self._unsettled.add(item)
        self._outbox.append(item)
        self._filled.set()

    async def _session(
        self, heard: Callable[[RecognitionEvent], Awaitable[None]], ready: Callable[[], None]
    ) -> None:
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(self._timeout) as limit:
                    recognition = await stack.enter_async_context(self._recognizer.listen(self._hints))
            except TimeoutError as error:
                if not limit.expired():  # the recogniser's own
                    raise
                late = f"the recogniser did not begin to listen within {self._timeout:g} s"
                raise ProviderError(late, retryable=True) from error
            self._opened = asyncio.get_running_loop().time()
            self._outbox = deque(self._unsettled, maxlen=_MOST_FRAMES)
            async with asyncio.TaskGroup() as tasks:
                sending = tasks.create_task(self._pass_on(recognition), name="listen: sound")
                ready()
                async for event in recognition:
                    self._told = self._told or not isinstance(event, Notice)
                    if isinstance(event, FinalTranscript):
                        self._unsettled.settle()
                    await heard(event)
                sending.cancel()

    async def _pass_on(self, recognition: Recognition) -> None:
        while True:
            while self._outbox:
                item = self._outbox.popleft()
                if isinstance(item, bytes):
                    await recognition.write(item)
                elif item is _Mark.COMMIT:
                    await recognition.commit()
                else:
                    await recognition.finish()
            self._room.set()
            self._filled.clear()
            await self._filled.wait()
