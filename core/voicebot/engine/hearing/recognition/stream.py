"""The engine's end of a recogniser: sound goes in through a gate, and is not lost when recognition breaks."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import zip_longest
from typing import Protocol

from voicebot.audio import AudioFormat, Resampler
from voicebot.engine.cancellation import cancellation_check, own_cancellation
from voicebot.engine.failures import as_provider_error
from voicebot.engine.hearing.recognition.outage import Outage, OutageNews
from voicebot.engine.hearing.recognition.unsettled_audio import Item, Mark, UnsettledAudio
from voicebot.engine.text.words import alike, words
from voicebot.engine.time_limit import TimeLimit, TooLate
from voicebot.errors import ProviderError
from voicebot.interfaces import Recognition, Recognizer
from voicebot.messages import FinalTranscript, Hints, Notice, PartialTranscript, RecognitionEvent
from voicebot.options import Options

logger = logging.getLogger(__name__)
_CLOSING = 3.0
"""Seconds that a session may take to close."""
_KEPT_SECONDS = 60.0
_FRAMES_AHEAD = 100
_MOST_FRAMES = 3000
"""Frames that wait for the recogniser: a recording's, and at all. What is a minute behind is lost."""


class RecognitionNews(OutageNews, Protocol):
    """Who is told what the recogniser has to say."""

    @property
    def commits(self) -> int:
        """How many commits have not been answered by what was told so far."""

    async def recognised(self, event: RecognitionEvent, *, asked: bool, passed: int) -> None:
        """Take what was recognised.

        Args:
            asked: whether a final can answer a commit.
            passed: commits within the speech of a final, where the recogniser does not answer them.
        """

    def recognition_opened(self, *, again: bool) -> None:
        """Take note that a session is open; where it is one more, unsettled sound is told again."""


class _Hung(ProviderError):
    """A session took nothing any more."""


class RecognitionStream:
    """Keeps recognition going for the length of a conversation.

    While the gate is closed, sound waits in the pre-roll; when it opens, the pre-roll goes first. What
    has not become a final transcript is told again when recognition had to be reopened. A recogniser
    that is slow to take sound holds nobody up, unless it is a recording's.

    Args:
        microphone: format of the sound that `write` takes.
        pre_roll: seconds kept while the gate is closed.
        live: False where `write` is to wait for the recogniser.
        start_timeout: seconds that a session may take to open.
        timeout: seconds that it may take to accept a piece of sound or a commit.
    """

    def __init__(
        self,
        recognizer: Recognizer[Options],
        hints: Hints,
        microphone: AudioFormat,
        *,
        pre_roll: float,
        live: bool,
        start_timeout: float,
        timeout: float,
    ) -> None:
        sound = recognizer.input_format
        self._recognizer = recognizer
        self._hints = hints
        self._live = live
        self._start_timeout = start_timeout
        self._timeout = timeout
        self._resampler = Resampler(microphone, sound)
        self._pre_roll = UnsettledAudio(pre_roll, sound)
        self._unsettled = UnsettledAudio(_KEPT_SECONDS, sound)
        self._outbox: deque[Item] = deque(maxlen=_MOST_FRAMES)
        self._handed = 0
        self._partials: list[tuple[str, int]] = []
        self._answers_commits = True
        self._filled = asyncio.Event()
        self._drained = asyncio.Event()
        self._finished = self._all_told = False

    async def run(self, news: RecognitionNews) -> None:
        """Recognise until all is told that was heard before `finish`; reopen what breaks.

        Raises:
            ProviderError: recognition cannot be had, for good.
        """
        outage = Outage(news)
        while True:
            try:
                with own_cancellation("the recogniser broke"):
                    await self._session(news, outage)
                if self._all_told:
                    return
                raise ProviderError("the recogniser stopped listening by itself", retryable=True)
            except Exception as broken:
                error = as_provider_error("the recogniser broke", broken, retryable=True)
                if self._all_told:
                    logger.warning("the recogniser did not close: %s", error)
                    return
                hung, matters = isinstance(error, _Hung), bool(self._unsettled)
                await asyncio.sleep(outage.broke(error, hung=hung, matters=matters))

    async def write(self, audio: bytes, *, gate_open: bool) -> None:
        """Hand over the next sound: to the recogniser, or to the pre-roll while the gate is closed."""
        audio = self._resampler.write(audio)  # nothing, at times: it hands out sound by the block
        if not gate_open:
            if audio:
                self._pre_roll.add(audio)
            return
        for before in self._pre_roll:
            self._send(before)
        self._pre_roll.clear()
        if audio:
            self._send(audio)
        while not self._live and len(self._outbox) >= _FRAMES_AHEAD:
            await self._drained.wait()

    def flush(self) -> None:
        """Hand over the rest of the sound: no more will be written."""
        if rest := self._resampler.flush():
            self._send(rest)

    def commit(self) -> None:
        """Ask for the final transcript now."""
        self._send(Mark.COMMIT)

    def finish(self) -> None:
        """Say that no more will be heard; `run` ends after the last final."""
        self._finished = True
        self._send(Mark.FINISH)

    def _send(self, item: Item) -> None:
        self._unsettled.add(item)
        self._outbox.append(item)
        self._drained.clear()
        self._filled.set()

    async def _session(self, news: RecognitionNews, outage: Outage) -> None:
        async with self._opened() as recognition:
            again = outage.session_opened()
            self._outbox = deque(self._unsettled, maxlen=_MOST_FRAMES)
            self._drained.clear()
            self._handed = self._unsettled.begins
            self._partials.clear()
            self._answers_commits = type(recognition).commit is not Recognition.commit
            async with asyncio.TaskGroup() as tasks:
                sending = tasks.create_task(self._pass_on(recognition), name="listen: sound")
                steady = tasks.create_task(outage.session_lasts(self._drained), name="listen: steady")
                news.recognition_opened(again=again)
                check = cancellation_check()
                async for event in recognition:
                    check()
                    if not isinstance(event, Notice):
                        outage.worked()
                    await self._tell(event, news)
                sending.cancel()
                steady.cancel()
            self._all_told = self._finished

    async def _tell(self, event: RecognitionEvent, news: RecognitionNews) -> None:
        if isinstance(event, PartialTranscript):
            self._partials.append((event.text, self._handed))
        if not isinstance(event, FinalTranscript):
            await news.recognised(event, asked=False, passed=0)
            return
        asked = self._answers_commits and news.commits > self._outbox.count(Mark.COMMIT)
        end, next_begins = self._end_of(event.text)
        passed = 0 if self._answers_commits else self._unsettled.commits_before(next_begins)
        await news.recognised(event, asked=asked, passed=passed)
        # an empty final that nobody asked for settles nothing of words that were told
        settles = asked or bool(words(event.text)) or not self._partials
        if settles and not asked:
            self._unsettled.settle_sound(end, most_commits=passed)
        while self._unsettled.commits > news.commits:
            self._unsettled.settle_commit()
        if settles:
            self._partials.clear()

    def _end_of(self, final: str) -> tuple[int, int]:
        """Return the position up to which a final is of the sound, and where the words begin that follow it.

        Where no commit says so, it ends where its words were first told.
        """
        size = len(words(final))
        for (text, end), following in zip_longest(self._partials, self._partials[1:]):
            if len(words(text)) == size and alike(text, final):
                return end, following[1] if following else self._handed
        return self._handed, self._handed

    @asynccontextmanager
    async def _opened(self) -> AsyncGenerator[Recognition, None]:
        """Open a session, and close it within a limit."""
        stack = AsyncExitStack()
        try:
            try:
                async with asyncio.timeout(self._start_timeout) as limit:
                    recognition = await stack.enter_async_context(self._recognizer.listen(self._hints))
            except TimeoutError as error:
                if not limit.expired():  # the recogniser's own
                    raise
                seconds = f"{self._start_timeout:g} s (`start_timeout`)"
                late = f"the recogniser did not begin to listen within {seconds}"
                raise ProviderError(late, retryable=True) from error
            yield recognition
        finally:
            try:
                async with asyncio.timeout(_CLOSING) as limit:
                    await stack.__aexit__(*sys.exc_info())
            except TimeoutError:
                if not limit.expired():
                    raise
                logger.warning("the recogniser did not close within %g s", _CLOSING)

    async def _pass_on(self, recognition: Recognition) -> None:
        item: Item | None = None
        try:
            with own_cancellation("the recogniser broke"):
                async with TimeLimit(self._timeout) as limit:
                    check = cancellation_check()
                    while True:  # every frame comes through here
                        while self._outbox:
                            item = self._outbox.popleft()
                            limit.renew()
                            if isinstance(item, bytes):
                                self._handed += len(item)
                                await recognition.write(item)
                            else:
                                await (recognition.commit() if item is Mark.COMMIT else recognition.finish())
                            check()
                        limit.suspend()
                        self._drained.set()
                        self._filled.clear()
                        await self._filled.wait()
        except TooLate:
            what = {Mark.COMMIT: "a commit", Mark.FINISH: "the end of the sound"}
            taken = "sound" if isinstance(item, bytes) or item is None else what[item]
            late = f"the recogniser did not take {taken} within {self._timeout:g} s (`recognizer_timeout`)"
            raise _Hung(late, retryable=True) from None
