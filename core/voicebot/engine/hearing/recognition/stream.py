"""Recognition that goes on for a whole conversation: sound is not lost when a session breaks."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from voicebot.audio import AudioFormat, Resampler
from voicebot.engine.cancellation import cancellation_check, own_cancellation
from voicebot.engine.failures import as_provider_error
from voicebot.engine.hearing.recognition.outage import STEADY, Outage
from voicebot.engine.hearing.recognition.outbox import Outbox, RecognizerHung
from voicebot.engine.hearing.recognition.partial_positions import PartialPositions
from voicebot.engine.hearing.recognition.retained_audio import Control, Item, RetainedAudio
from voicebot.engine.hearing.recognition.session import RecognitionSession, RecognizerSetup
from voicebot.engine.latch import Latch
from voicebot.engine.text.words import words
from voicebot.errors import ProviderError
from voicebot.interfaces import Recognition
from voicebot.messages import FinalTranscript, Notice, PartialTranscript, RecognitionEvent

logger = logging.getLogger(__name__)
_UNSETTLED_SECONDS = 60.0
_MAX_RECORDED_FRAMES = 100
"""Frames of a recording that may wait for the recogniser before `write` waits."""


class RecognitionConsumer(Protocol):
    """Receives the results and status of a recognition stream."""

    @property
    def unanswered_commits(self) -> int:
        """Number of commits that no final has answered so far."""

    def recognized(
        self, event: RecognitionEvent, *, answers_commit: bool = False, passed_commits: int = 0
    ) -> None:
        """Take what was recognised.

        Args:
            event: the recogniser's.
            answers_commit: whether a final can be the answer to a commit.
            passed_commits: commits within the speech of a final, where the recogniser does not answer them.
        """

    def recognition_opened(self, *, again: bool) -> None:
        """Record that a session has opened; a later one recognises sound without a final again."""

    def recognition_lost(self, error: ProviderError) -> None:
        """Report that recognition broke, and will be tried again."""

    def recognition_restored(self) -> None:
        """Report that recognition works again."""


class RecognitionStream:
    """Keeps recognition going, with one session after another.

    While the gate is closed, sound is kept in the pre-roll, which is sent first when the gate opens. Sound
    that no final transcript covers is sent again to the next session when one breaks. Live sound never waits
    for a recogniser that is slow to take it; a recording does. When another recogniser takes over, its first
    session gets that sound too.

    Args:
        setup: the recogniser.
        microphone: format of the sound that `write` takes.
        pre_roll: seconds of sound that are kept while the gate is closed.
        live: False for a recording.
    """

    def __init__(
        self, setup: RecognizerSetup, microphone: AudioFormat, *, pre_roll: float, live: bool
    ) -> None:
        self.opened = Latch()
        """Set when the first session is open."""
        audio_format = setup.recognizer.input_format
        self._setup = setup
        self._microphone = microphone
        self._live = live
        self._resampler = Resampler(microphone, audio_format)
        self._pre_roll_seconds = pre_roll
        self._pre_roll = RetainedAudio(pre_roll, audio_format)
        self._unsettled = RetainedAudio(_UNSETTLED_SECONDS, audio_format)
        self._outbox = Outbox()
        self._partials = PartialPositions()
        self._sessions = 0
        self._answers_commits = True
        self._finished = self._is_complete = False
        self._gate_is_open = False
        self._next: RecognizerSetup | None = None
        self._attempt: asyncio.Timeout | None = None
        self._left: list[Latch] = []
        """Set when recognisers are not used any more that were to be changed."""

    async def run(self, consumer: RecognitionConsumer) -> None:
        """Recognise until everything written before `finish` is; reopen sessions that break.

        Raises:
            ProviderError: recognition is broken for good.
        """
        outage = Outage()
        try:
            while not self._is_complete:
                try:
                    async with asyncio.timeout(None) as self._attempt:
                        await self._try(consumer, outage)
                except (ProviderError, TimeoutError):
                    if self._next is None:
                        raise
                if self._next is not None and not self._is_complete:
                    self._take_over(self._next)
                    outage.recognizer_changed()
        finally:
            self._set_left()

    def change(self, setup: RecognizerSetup, pre_roll: float, left: Latch) -> None:
        """Use another recogniser, or other hints, from the next session on, which opens at once.

        Args:
            left: set when the recogniser before is not used any more.
        """
        self._pre_roll_seconds = pre_roll
        is_asked, self._next = self._next is not None, setup
        self._left.append(left)
        if self._attempt is None:  # no session has been opened yet
            self._take_over(setup)
        elif not is_asked:
            self._attempt.reschedule(asyncio.get_running_loop().time())

    async def _try(self, consumer: RecognitionConsumer, outage: Outage) -> None:
        """Run one session; if it breaks, report that and wait until it is time for the next."""
        try:
            with own_cancellation("the recogniser broke"):
                await self._run_session(consumer, outage)
            if not self._is_complete:
                raise ProviderError("the recogniser stopped listening by itself", retryable=True)
        except Exception as broken:
            error = as_provider_error("the recogniser broke", broken, retryable=True)
            if self._is_complete:
                logger.warning("the recogniser did not close: %s", error)
                return
            hung = isinstance(error, RecognizerHung)
            retry = outage.failed(error, hung=hung, unsettled=bool(self._unsettled))
            if retry.reported:
                consumer.recognition_lost(error)
            await asyncio.sleep(retry.wait)

    def _take_over(self, setup: RecognizerSetup) -> None:
        """Use the next recogniser, which may take another format, while no session is open."""
        before, after = self._setup.recognizer.input_format, setup.recognizer.input_format
        self._setup, self._next = setup, None
        if before != after:
            if rest := self._resampler.flush():
                (self._unsettled if self._gate_is_open else self._pre_roll).add(rest)
            self._resampler = Resampler(self._microphone, after)
            self._unsettled = self._unsettled.converted(before, after, _UNSETTLED_SECONDS)
        self._pre_roll = self._pre_roll.converted(before, after, self._pre_roll_seconds)
        self._set_left()

    def _set_left(self) -> None:
        while self._left:
            self._left.pop().set()

    async def write(self, audio: bytes, *, gate_open: bool) -> None:
        """Send the next sound to the recogniser, or keep it in the pre-roll while the gate is closed."""
        self._gate_is_open = gate_open
        audio = self._resampler.write(audio)  # sometimes nothing: it returns sound by the block
        if not gate_open:
            if audio:
                self._pre_roll.add(audio)
            return
        for earlier in self._pre_roll:
            self._send(earlier)
        self._pre_roll.clear()
        if audio:
            self._send(audio)
        while not self._live and len(self._outbox) >= _MAX_RECORDED_FRAMES:
            await self._outbox.emptied.wait()

    def flush(self) -> None:
        """Send the rest of the sound: no more will be written."""
        if rest := self._resampler.flush():
            self._send(rest)

    def commit(self) -> None:
        """Ask for the final transcript now."""
        self._send(Control.COMMIT)

    def finish(self) -> None:
        """Announce that no more sound comes; `run` returns after the last final."""
        self._finished = True
        self._send(Control.FINISH)

    def _send(self, item: Item) -> None:
        self._unsettled.add(item)
        self._outbox.put(item)

    async def _run_session(self, consumer: RecognitionConsumer, outage: Outage) -> None:
        async with RecognitionSession(self._setup) as recognition:
            outage.session_opened()
            self._sessions += 1
            self._outbox.refill(self._unsettled, self._unsettled.position)
            self._partials.clear()
            self._answers_commits = type(recognition).commit is not Recognition.commit
            async with asyncio.TaskGroup() as tasks:
                sending = self._outbox.send(recognition, self._setup.timeout)
                sender = tasks.create_task(sending, name="recognition: send")
                steady = tasks.create_task(self._steady(consumer, outage), name="recognition: steady")
                self.opened.set()
                consumer.recognition_opened(again=self._sessions > 1)
                check = cancellation_check()
                async for event in recognition:
                    check()
                    if not isinstance(event, Notice) and outage.session_works():
                        consumer.recognition_restored()
                    self._deliver(event, consumer)
                sender.cancel()
                steady.cancel()
            self._is_complete = self._finished

    async def _steady(self, consumer: RecognitionConsumer, outage: Outage) -> None:
        """Report that recognition is back when a session has lasted for a moment and has taken all sound."""
        await asyncio.sleep(STEADY)
        await self._outbox.emptied.wait()
        if outage.session_lasts():
            consumer.recognition_restored()

    def _deliver(self, event: RecognitionEvent, consumer: RecognitionConsumer) -> None:
        if isinstance(event, PartialTranscript):
            self._partials.add(event.text, self._outbox.sent)
        if isinstance(event, FinalTranscript):
            self._deliver_final(event, consumer)
        else:
            consumer.recognized(event)

    def _deliver_final(self, final: FinalTranscript, consumer: RecognitionConsumer) -> None:
        answers_commit = self._answers_commits and consumer.unanswered_commits > self._outbox.commits
        extent = self._partials.extent_of(final.text, self._outbox.sent)
        passed = 0 if self._answers_commits else self._unsettled.commits_before(extent.next_begins)
        consumer.recognized(final, answers_commit=answers_commit, passed_commits=passed)
        # an empty final that answers no commit settles none of the words that were recognised
        settles = answers_commit or bool(words(final.text)) or not self._partials
        if settles and not answers_commit:
            self._unsettled.settle_sound(extent.end, max_commits=passed)
        while self._unsettled.commits > consumer.unanswered_commits:
            self._unsettled.settle_commit()
        if settles:
            self._partials.clear()
