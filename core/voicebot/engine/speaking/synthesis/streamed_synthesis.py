"""Synthesizing a reply in one stream, with a synthesizer that takes text while it is being written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import assert_never

from voicebot.audio import WholeSamples
from voicebot.engine.cancellation import cancellation_check, own_cancellation
from voicebot.engine.latch import Latch
from voicebot.engine.speaking.synthesis.session import SynthesizerSession
from voicebot.engine.speaking.synthesis.unit_audio import UnitAudio
from voicebot.engine.speaking.synthesis.unit_boundaries import UnitBoundaries
from voicebot.engine.speaking.synthesis.utterance import NoAudio, longest_audio, too_late
from voicebot.engine.speaking.units.reply_unit import ReplyUnit
from voicebot.engine.time_limit import TimeLimit, TooLate
from voicebot.errors import DeviceError, ProviderError
from voicebot.interfaces import SpeechStream
from voicebot.messages import AudioChunk, Notice, SynthesisEvent, WordTiming

_LONGEST_BACKLOG = 64


class StreamedSynthesis:
    """Has the methods of `SynthesisQueue`, but one stream for all units.

    The timeout holds until the first audio, and from one audio to the next once the text is complete: while
    it is being written, the model may be the slow one.

    Args:
        stream: what the synthesizer has returned for this reply.
        tasks: the reply's.
        first_audio: called when a unit's first audio comes that is not played at once.
    """

    def __init__(
        self,
        session: SynthesizerSession,
        stream: AbstractAsyncContextManager[SpeechStream],
        tasks: asyncio.TaskGroup,
        first_audio: Callable[[], None] | None = None,
    ) -> None:
        self.given = 0
        """Characters that the synthesizer has been given."""
        self._session = session
        self._stream = stream
        self._tasks = tasks
        self._first_audio = first_audio
        self._task: asyncio.Task[None] | None = None
        self._limit: TimeLimit | None = None
        self._text: asyncio.Queue[str | None] = asyncio.Queue()
        self._ordered: asyncio.Queue[UnitAudio | None] = asyncio.Queue()
        self._room = Latch()
        self._boundaries = UnitBoundaries(session.format, session.speaking_rate)
        self._whole_samples = WholeSamples()
        self._finished = False
        self._is_playing = False
        """Whether audio is being passed on, so that the speaker may be the slow one."""

    async def put(self, unit: ReplyUnit) -> None:
        """Add a unit; wait while many have no audio yet."""
        while len(self._boundaries) >= _LONGEST_BACKLOG:
            self._room.clear()
            await self._room.wait()
        audio = UnitAudio(unit, self._first_audio)
        self._ordered.put_nowait(audio)
        self.given += len(unit.spoken)
        self._text.put_nowait(self._boundaries.add(audio))
        if self._task is None:
            self._task = self._tasks.create_task(self._run(), name="reply: synthesis")
        elif not self._boundaries.size:
            self._renew_limit()  # the synthesizer may have waited for more text
        await asyncio.sleep(0)  # a model may write in bursts: start the synthesis before reading the rest

    def finish(self) -> None:
        """Mark the last unit."""
        self._finished = True
        self._text.put_nowait(None)
        self._ordered.put_nowait(None)
        self._renew_limit()

    async def next(self) -> UnitAudio | None:
        """Return the next unit in order, or None after the last."""
        return await self._ordered.get()

    def cancel(self) -> None:
        """Stop synthesizing."""
        self._room.set()
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        error: Exception | None = None
        try:
            with own_cancellation("the synthesizer broke"):
                is_complete = await self._pass_through()
        except Exception as raised:  # a third-party synthesizer may raise anything
            error = raised
            while isinstance(error, ExceptionGroup):
                error = error.exceptions[0]
            if isinstance(error, DeviceError):  # the speaker's, which audio is passed straight to
                raise error from None
            if isinstance(error, TooLate):
                error = too_late(self._session.timeout)
        else:
            if not is_complete:
                error = ProviderError("the synthesizer ended before the text was complete")
            elif not self._boundaries.size:
                error = NoAudio("the synthesizer gave no sound")
        for audio in self._boundaries.finish():
            await self._end_unit(audio, error)
        if error is None:
            self._boundaries.learn_rate()

    async def _pass_through(self) -> bool:
        """Write text and read audio; return whether the synthesizer had all the text when it ended."""
        try:
            async with (
                TimeLimit(self._session.timeout) as self._limit,
                self._stream as stream,
                asyncio.TaskGroup() as tasks,
            ):
                writing = tasks.create_task(self._write_text(stream), name="reply: text to synthesize")
                async with _closing(aiter(stream)) as events:
                    try:
                        await self._read_events(events)
                    finally:  # closing has a limit too
                        self._limit.renew()
                is_complete = writing.done()
                writing.cancel()
            return is_complete
        finally:
            self._limit = None

    async def _write_text(self, stream: SpeechStream) -> None:
        with own_cancellation("the synthesizer broke"):
            while (text := await self._text.get()) is not None:
                await stream.write(text)
            await stream.finish()

    async def _read_events(self, events: AsyncIterator[SynthesisEvent]) -> None:
        check = cancellation_check()
        async for event in events:
            check()
            match event:
                case AudioChunk(audio):
                    await self._take_audio(audio)
                case WordTiming():
                    self._boundaries.add_timing(event)
                case Notice(message):
                    self._session.notice(message)
                case _:
                    assert_never(event)

    async def _take_audio(self, audio: bytes) -> None:
        boundaries = self._boundaries
        if not (audio := self._whole_samples(audio)):
            return
        if boundaries.size + len(audio) > longest_audio(self._session.format, boundaries.length):
            raise ProviderError("the synthesizer did not finish")
        assert self._limit is not None
        self._limit.suspend()
        self._is_playing = True
        for unit_audio, part in boundaries.divide(audio):
            if part is not None:
                await unit_audio.write(part)
            else:
                await self._end_unit(unit_audio)
                self._room.set()
        self._is_playing = False
        if self._finished:
            self._limit.renew()

    def _renew_limit(self) -> None:
        """Count the synthesizer's time from now on, unless the speaker may be the slow one."""
        if self._limit is not None and not self._is_playing:
            self._limit.renew()

    async def _end_unit(self, audio: UnitAudio, error: Exception | None = None) -> None:
        if error is None:
            await audio.write(b"")  # or a unit without audio would count as never spoken
        audio.finish(error)


@asynccontextmanager
async def _closing(
    events: AsyncIterator[SynthesisEvent],
) -> AsyncGenerator[AsyncIterator[SynthesisEvent], None]:
    """Close an iterator, if it is a generator, before its stream is closed."""
    try:
        yield events
    finally:
        if isinstance(events, AsyncGenerator):
            await events.aclose()
