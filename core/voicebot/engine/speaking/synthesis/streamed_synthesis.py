"""Turning a reply into sound with a voice that takes text while it is written: one sound, many units."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from typing import assert_never

from voicebot.audio import AudioFormat, WholeSamples
from voicebot.engine.cancellation import cancellation_check, own_cancellation
from voicebot.engine.speaking.synthesis.synthesis_queue import NoSound, longest_sound
from voicebot.engine.speaking.synthesis.unit_audio import UnitAudio
from voicebot.engine.speaking.units.reply_unit import SpokenUnit
from voicebot.engine.speaking.units.speaking_rate import SpeakingRate, usual_seconds
from voicebot.engine.time_limit import TimeLimit, TooLate
from voicebot.errors import DeviceError, ProviderError
from voicebot.interfaces import SpeechStream
from voicebot.messages import AudioChunk, Notice, SynthesisEvent, WordTiming

_WAITING = 64
_LATE = 2.0
"""How many times as long as expected a unit may sound until its voice has stopped telling its words."""


@dataclass(slots=True)
class _Place:
    """A unit in the stream: its text begins at `offset`, its sound at the second `at`, once that is known."""

    in_voice: UnitAudio
    offset: int
    at: float | None = None


class StreamedSynthesis:
    """Does what `Voice` does, with one stretch of speaking; its sound is divided among the units.

    A unit's sound begins with its first word where the voice tells when words begin; where it does not,
    about where it should at the pace that the voice had before.

    Args:
        session: what the synthesizer opened.
        sound: the synthesizer's output format.
        timeout: seconds to the first sound at most, and to the next once the text is complete.
        pace: how fast the voice speaks.
        first_byte: called when sound comes that nobody hears yet.
        noticed: called with what the synthesizer says that observers should know.
    """

    def __init__(
        self,
        session: AbstractAsyncContextManager[SpeechStream],
        tasks: asyncio.TaskGroup,
        *,
        sound: AudioFormat,
        timeout: float,
        pace: SpeakingRate,
        first_byte: Callable[[], None] | None = None,
        noticed: Callable[[str], None],
    ) -> None:
        self._pace = pace
        self._session = session
        self._tasks = tasks
        self._format = sound
        self._timeout = timeout
        self._first_byte = first_byte
        self._noticed = noticed
        self._task: asyncio.Task[None] | None = None
        self._limit: TimeLimit | None = None
        self._text: asyncio.Queue[str | None] = asyncio.Queue()
        self._length, self._usual = 0, 0.0
        """Characters of the text so far, and the seconds that they take as a rule."""
        self._places: deque[_Place] = deque()
        """The unit whose sound is coming, and those after it."""
        self._order: asyncio.Queue[UnitAudio | None] = asyncio.Queue()
        self._room = asyncio.Event()
        self._made = self._begun = 0
        """Bytes of sound so far, and before the unit whose sound is coming."""
        self._whole_samples = WholeSamples()
        self._timed = False
        self._ended = self._complete = self._passing_on = False
        """Whether all units were said; whether the voice knows; whether sound waits for its place."""

    async def say(self, unit: SpokenUnit) -> None:
        """Add a unit; wait while many are waiting already."""
        while len(self._places) >= _WAITING:
            self._room.clear()
            await self._room.wait()
        in_voice = UnitAudio(unit, self._first_byte)
        self._places.append(_Place(in_voice, self._length, at=None if self._length else 0.0))
        self._order.put_nowait(in_voice)
        text = unit.spoken + " "
        self._length += len(text)
        self._usual += usual_seconds(text)
        self._text.put_nowait(text)
        if self._task is None:
            self._task = self._tasks.create_task(self._stream(), name="reply: voice")
        elif not self._made:
            self._renew_limit()  # the voice may have waited for more
        await asyncio.sleep(0)  # a model may write in bursts; the voice begins before the rest is read

    def end(self) -> None:
        """Say that no more units will come."""
        self._ended = True
        self._text.put_nowait(None)
        self._order.put_nowait(None)
        self._renew_limit()

    async def next(self) -> UnitAudio | None:
        """Return the next unit in order, or None after the last."""
        return await self._order.get()

    def stop(self) -> None:
        """Stop making sound."""
        self._room.set()
        if self._task is not None:
            self._task.cancel()

    async def _stream(self) -> None:
        error: Exception | None = None
        try:
            with own_cancellation("the synthesizer broke"):
                await self._pass_through()
        except Exception as broken:  # a stranger's synthesizer may raise anything
            error = broken
            while isinstance(error, ExceptionGroup):
                error = error.exceptions[0]
            if isinstance(error, DeviceError):  # the speaker's, as sound goes straight to it
                raise error from None
            if isinstance(error, TooLate):
                error = ProviderError(
                    f"the synthesizer gave no sound for {self._timeout:g} s (`reply.speech_timeout`)",
                    retryable=True,
                )
        else:
            if not self._complete:
                error = ProviderError("the synthesizer ended before the text was complete")
            elif not self._made:
                error = NoSound("the synthesizer gave no sound")
        await self._finish(error)

    async def _pass_through(self) -> None:
        try:
            async with (
                TimeLimit(self._timeout) as self._limit,
                self._session as speech,
                asyncio.TaskGroup() as tasks,
            ):
                writing = tasks.create_task(self._write(speech), name="reply: text to the voice")
                async with _closing(aiter(speech)) as events:
                    try:
                        await self._hear(events)
                    finally:  # closing has its limit too
                        self._limit.renew()
                writing.cancel()
        finally:
            self._limit = None

    async def _hear(self, events: AsyncIterator[SynthesisEvent]) -> None:
        check = cancellation_check()
        async for event in events:
            check()
            match event:
                case AudioChunk(audio):
                    await self._take(audio)
                case WordTiming():
                    self._note(event)
                case Notice(message):
                    self._noticed(message)
                case _:
                    assert_never(event)

    async def _write(self, speech: SpeechStream) -> None:
        with own_cancellation("the synthesizer broke"):
            while (text := await self._text.get()) is not None:
                await speech.write(text)
            await speech.finish()
        self._complete = True

    async def _take(self, audio: bytes) -> None:
        if not (audio := self._whole_samples(audio)):
            return
        if self._made + len(audio) > longest_sound(self._format, self._length):
            raise ProviderError("the synthesizer did not come to an end")
        assert self._limit is not None
        self._limit.suspend()  # the speaker may be the slow one now, or the model
        self._passing_on = True
        await self._divide(audio)
        self._passing_on = False
        if self._ended:
            self._limit.renew()

    def _renew_limit(self) -> None:
        """Count the voice's time from now on, unless it is the speaker's."""
        if self._limit is not None and not self._passing_on:
            self._limit.renew()

    async def _divide(self, audio: bytes) -> None:
        """Give each unit its part of the sound."""
        while audio:
            following, begins = self._following()
            part = audio[: max(0, begins - self._made)] if following else audio
            audio = audio[len(part) :]
            if part:
                self._made += len(part)
                await self._places[0].in_voice.sound(part)
            if following and self._made >= begins:
                await self._move_on(following)

    def _following(self) -> tuple[_Place | None, int]:
        """Return the unit that begins next, as far as that is known, and at which byte."""
        for place in islice(self._places, 1, None):
            if place.at is not None:
                return place, self._format.bytes_in(place.at)
        expected = self._format.bytes_in(self._pace.seconds(self._places[0].in_voice.unit.spoken))
        late = self._made - self._begun > _LATE * expected  # the voice has stopped telling
        if len(self._places) < 2 or (self._timed and not late):
            return None, 0
        return self._places[1], self._begun + expected

    async def _move_on(self, to: _Place) -> None:
        while self._places[0] is not to:
            await self._leave(self._places[0])
            self._places.popleft()
        self._begun = self._made
        self._room.set()

    async def _leave(self, place: _Place) -> None:
        await place.in_voice.sound(b"")  # else one without any sound would count as never spoken
        place.in_voice.end()

    def _note(self, timing: WordTiming) -> None:
        """Tell a unit when a word of it begins."""
        self._timed = True
        place = next((p for p in reversed(self._places) if p.offset <= timing.offset), None)
        if place is None:
            return
        if place.at is None:
            place.at = timing.at
        local = WordTiming(timing.offset - place.offset, timing.length, timing.at - place.at)
        place.in_voice.unit.timings.append(local)

    async def _finish(self, error: Exception | None) -> None:
        for place in self._places:
            if error is None:
                await self._leave(place)
            else:
                place.in_voice.end(error)
        self._places.clear()
        if error is None and not self._timed:
            self._pace.learn(self._usual, self._format.seconds_in(self._made))


@asynccontextmanager
async def _closing(
    events: AsyncIterator[SynthesisEvent],
) -> AsyncGenerator[AsyncIterator[SynthesisEvent], None]:
    """Close what is iterated, if it is a generator, within its session."""
    try:
        yield events
    finally:
        if isinstance(events, AsyncGenerator):
            await events.aclose()
