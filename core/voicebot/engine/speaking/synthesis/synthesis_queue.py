"""Turning the units of a reply into sound: in order, the next one being made while one is spoken."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import assert_never

from voicebot.audio import AudioFormat, WholeSamples
from voicebot.engine.cancellation import cancellation_check, own_cancellation
from voicebot.engine.speaking.synthesis.unit_audio import UnitAudio
from voicebot.engine.speaking.units.reply_unit import SpokenUnit
from voicebot.engine.time_limit import TimeLimit, TooLate
from voicebot.errors import DeviceError, ProviderError
from voicebot.interfaces import Synthesizer
from voicebot.messages import AudioChunk, Notice, Utterance, WordTiming
from voicebot.options import Options

_IN_FLIGHT = 2
_WAITING = 64


class NoSound(ProviderError):
    """The voice had nothing to say for an utterance."""


class SynthesisQueue:
    """Synthesizes units, at most two at a time, within one reply's task group.

    Args:
        timeout: seconds that the synthesizer may take for its next piece.
        language: BCP 47 tag for all utterances, or None.
        conversation: whose utterances they are.
        first_byte: called when the first sound of the first unit comes, if nobody hears it yet.
        noticed: called with what the synthesizer says that observers should know.
    """

    def __init__(
        self,
        synthesizer: Synthesizer[Options],
        tasks: asyncio.TaskGroup,
        *,
        timeout: float,
        language: str | None,
        conversation: str = "",
        first_byte: Callable[[], None] | None = None,
        noticed: Callable[[str], None],
    ) -> None:
        self._synthesizer = synthesizer
        self._tasks = tasks
        self._timeout = timeout
        self._language = language
        self._conversation = conversation
        self._noticed = noticed
        self._first_byte = first_byte
        self._at_work: deque[asyncio.Task[None]] = deque(maxlen=_IN_FLIGHT)
        self._waiting: deque[UnitAudio] = deque()
        self._order: asyncio.Queue[UnitAudio | None] = asyncio.Queue()
        self._room = asyncio.Event()
        self._unplayed = 0
        self._playing = 0
        self._stopped = False

    async def say(self, unit: SpokenUnit) -> None:
        """Add a unit; wait while many are waiting already."""
        while len(self._waiting) >= _WAITING and not self._stopped:
            self._room.clear()
            await self._room.wait()
        in_voice = UnitAudio(unit, self._first_byte)
        self._first_byte = None  # the next unit is made at the same time and may be sooner
        self._waiting.append(in_voice)
        self._order.put_nowait(in_voice)
        self._launch()
        await asyncio.sleep(0)  # a model may write in bursts; the voice begins before the rest is read

    def end(self) -> None:
        """Say that no more units will come."""
        self._order.put_nowait(None)

    async def next(self) -> UnitAudio | None:
        """Return the next unit in order, the one before having been played, or None after the last."""
        self._unplayed -= self._playing
        self._playing = 1
        self._launch()
        return await self._order.get()

    def stop(self) -> None:
        """Stop making sound."""
        self._stopped = True
        self._waiting.clear()
        self._room.set()
        for task in self._at_work:
            task.cancel()

    def _launch(self) -> None:
        """Make the unit that is spoken and the one after it, no more: an interruption throws them away."""
        while self._waiting and self._unplayed < _IN_FLIGHT and not self._stopped:
            self._unplayed += 1
            work = self._synthesize(self._waiting.popleft())
            self._at_work.append(self._tasks.create_task(work, name="reply: voice"))
            self._room.set()

    async def _synthesize(self, in_voice: UnitAudio) -> None:
        unit = in_voice.unit
        try:
            await synthesize(
                self._synthesizer,
                Utterance(unit.spoken, self._language, self._conversation),
                timeout=self._timeout,
                sound=in_voice.sound,
                timing=unit.timings.append,
                noticed=self._noticed,
            )
        except DeviceError:  # the speaker's, as sound goes straight to it; nobody would hear the rest
            raise
        except Exception as error:  # a stranger's synthesizer may raise anything
            in_voice.end(error)
        else:
            in_voice.end()


async def synthesize(
    synthesizer: Synthesizer[Options],
    utterance: Utterance,
    *,
    timeout: float,
    sound: Callable[[bytes], Awaitable[None]],
    timing: Callable[[WordTiming], None],
    noticed: Callable[[str], None],
) -> None:
    """Hand on the sound of one utterance, in whole samples, and its timings and notices.

    Raises:
        NoSound: there was none.
        ProviderError: the synthesizer failed, gave nothing for `timeout` seconds, or did not stop.
    """
    longest = longest_sound(synthesizer.output_format, len(utterance.text))
    made = 0
    whole_samples = WholeSamples()
    try:
        with own_cancellation("the synthesizer broke"):
            async with (
                TimeLimit(timeout) as limit,
                aclosing(synthesizer.synthesize(utterance)) as events,
            ):
                check = cancellation_check()
                async for event in events:
                    check()
                    match event:
                        case AudioChunk():
                            audio = whole_samples(event.audio)
                            made += len(audio)
                            if made > longest:
                                raise ProviderError("the synthesizer did not come to an end")
                            if audio:
                                limit.suspend()  # the speaker may be the slow one now
                                try:
                                    await sound(audio)
                                finally:  # closing has its limit too
                                    limit.renew()
                        case WordTiming():
                            timing(event)
                        case Notice(message):
                            noticed(message)
                        case _:
                            assert_never(event)
    except TooLate as error:
        raise ProviderError(
            f"the synthesizer gave no sound for {timeout:g} s (`reply.speech_timeout`)", retryable=True
        ) from error
    if not made:
        raise NoSound("the synthesizer gave no sound")


def longest_sound(sound: AudioFormat, characters: int) -> int:
    """Return more bytes than any voice needs for so much text: what exceeds them will never end."""
    return sound.bytes_in(30.0 + 1.0 * characters)
