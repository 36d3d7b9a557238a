"""The contract of an audio device: where sound comes from and goes to."""

from __future__ import annotations

import asyncio
import unittest
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

from voicebot.audio import BYTES_PER_SAMPLE
from voicebot.interfaces import AudioDevice, AudioStream
from voicebot.messages import (
    DeviceEvent,
    DeviceLost,
    DeviceReopened,
    Endpoint,
    PlaybackCorrected,
    TurnControl,
    TypedLine,
)
from voicebot.testing.contract.check import check
from voicebot.testing.contract.failures import Unmet, expect
from voicebot.testing.contract.iteration import closing
from voicebot.testing.contract.measurements.progress import record_progress
from voicebot.testing.contract.provider.audio_format import is_usable
from voicebot.testing.contract.provider.contract import ProviderContract, do_nothing

_FRAME = 0.02
_SPOKEN = 0.2
_LONG = 30.0
_HEARD = 10
_FRAMES = 25
_LONGEST_FRAME = 0.25
_SLACK = 0.1
_PIECE, _PIECES = 1.5, 10
_WAITED = 0.2
_ANSWER = 5.0


class AudioDeviceContract(ProviderContract[AudioDevice[Any]]):
    """What an audio device must do."""

    @check
    async def test_its_formats_are_valid(self) -> None:
        """`microphone` and `speaker` are `AudioFormat`s or None, and not both None unless lines are typed."""
        async with self._started() as provider, provider.open() as stream:
            for name in ("microphone", "speaker"):
                form = getattr(stream, name)
                expect(
                    form is None or is_usable(form),
                    f"an AudioFormat with a rate from 8,000 to 192,000 Hz as `{name}`, or None",
                    repr(form),
                )
            expect(
                provider.text_only or stream.microphone or stream.speaker,
                "a microphone or a speaker, or `text_only`",
                "none",
            )

    @check
    async def test_sound_comes_in_whole_frames(self) -> None:
        """A stream yields frames of whole samples, at most 0.25 s long, typed lines and device events."""
        async with (
            self._started() as provider,
            provider.open() as stream,
            aclosing(_until(stream, _ANSWER)) as items,
        ):
            heard = 0
            async for item in items:
                match item:
                    case bytes() if stream.microphone is not None:
                        expect(len(item) % BYTES_PER_SAMPLE == 0, "whole samples", f"{len(item)} bytes")
                        seconds = stream.microphone.seconds_in(len(item))
                        expect(
                            seconds <= _LONGEST_FRAME, f"frames of at most {_LONGEST_FRAME} s", f"{seconds} s"
                        )
                    case TypedLine(text=str()) | DeviceLost() | DeviceReopened() | PlaybackCorrected():
                        pass
                    case _ if isinstance(item, TurnControl):
                        pass
                    case _:
                        raise Unmet(
                            "bytes (with a microphone) or another DeviceEvent",
                            repr(item)[:200],
                        )
                heard += 1
                if heard >= _HEARD:
                    break
            expect(heard or stream.microphone is None, "sound from the microphone", f"none in {_ANSWER} s")

    @check
    async def test_it_can_be_opened_again(self) -> None:
        """A device can be opened again after it was closed, whatever it was doing."""
        async with self._started() as provider:
            for _ in range(2):
                async with provider.open() as stream:
                    if stream.speaker is not None:
                        await stream.write(bytes(stream.speaker.bytes_in(_FRAME)))

    @check
    async def test_what_was_written_is_played(self) -> None:
        """`drain` returns once everything is played; `played` then equals its length, and never decreases."""
        async with self._started() as provider, provider.open() as stream:
            spoken, last = 0.0, stream.played
            expect(last == 0.0, "0 s played at first", last)
            while spoken < _SPOKEN:
                await stream.write(_silence(stream))
                spoken += _FRAME
                expect(stream.played >= last, f"`played` at {last} or more", stream.played)
                last = stream.played
            await stream.drain()
            played = stream.played
            expect(last <= played, f"`played` at {last} or more", played)
            expect(abs(played - spoken) <= _SLACK, f"{spoken:.2f} s played after `drain`", f"{played:.2f} s")

    @check
    async def test_clear_discards_what_was_written(self) -> None:
        """After `clear`, `drain` returns soon, and more can be written."""
        async with self._started() as provider, provider.open() as stream:
            for _ in range(round(0.5 / _FRAME)):
                await stream.write(_silence(stream))
            stream.clear()
            stream.clear()
            await stream.drain()
            before = stream.played
            expect(before <= 0.5 + _SLACK, "no more played than was written", before)
            await stream.write(_silence(stream))
            await stream.drain()
            expect(stream.played >= before, f"`played` at {before} or more", stream.played)

    @check
    async def test_writing_too_fast_waits(self) -> None:
        """`write` waits while about a second is queued: it does not accept half a minute of sound at once."""
        async with self._started() as provider, provider.open() as stream:
            _silence(stream)
            if not stream.live:
                raise unittest.SkipTest("its sound is not live, and is written as fast as it comes")
            written = 0.0
            try:
                async with asyncio.timeout(1.0):
                    while written < _LONG:
                        await stream.write(_silence(stream))
                        written += _FRAME
            except TimeoutError:
                pass
            stream.clear()
            ahead = written - stream.played
            expect(ahead < _LONG / 3, "about a second queued before `write` waits", f"{ahead:.1f} s queued")

    @check
    async def test_a_cancelled_write_queues_nothing_more(self) -> None:
        """A `write` that is cancelled while it waits queues nothing after the `clear` that follows."""
        async with self._started() as provider, provider.open() as stream:
            _silence(stream)
            if not stream.live:
                raise unittest.SkipTest("its sound is not live, so nothing waits")
            async with asyncio.TaskGroup() as tasks:
                writing = tasks.create_task(_overfill(stream))
                await asyncio.sleep(_WAITED)
                writing.cancel()
                stream.clear()
                before = stream.played
            await asyncio.sleep(_WAITED)
            await stream.drain()
            after = stream.played
            expect(after - before <= _SLACK, f"`played` still at {before:.2f} s", f"{after:.2f} s")

    @check
    async def test_writing_without_a_speaker_is_refused(self) -> None:
        """If `speaker` is None, `write` raises a `TypeError`, and `clear` and `drain` do nothing."""
        async with self._started() as provider, provider.open() as stream:
            if stream.speaker is not None:
                raise unittest.SkipTest("it has a speaker")
            stream.clear()
            await stream.drain()
            try:
                await stream.write(bytes(640))
            except TypeError:
                return
            raise Unmet("a TypeError", "the sound is accepted")

    @check
    async def test_endpoints_are_described(self) -> None:
        """`endpoints` returns `Endpoint`s, with unique indices in each direction, or none."""
        async with self._started() as provider:
            found = await asyncio.to_thread(provider.endpoints)
            expect(all(isinstance(one, Endpoint) for one in found), "Endpoints", found)
            places = [(one.direction, one.index) for one in found]
            expect(len(set(places)) == len(places), "unique indices", places)

    async def _use(self, provider: AudioDevice[Any], midway: Callable[[], None] = do_nothing) -> None:
        """Play a little, and listen until a frame comes or none has come for a moment."""
        async with provider.open() as stream:
            if stream.speaker is not None:
                await stream.write(_silence(stream))
            midway()
            async with aclosing(_until(stream, _SPOKEN)) as items:
                async for _ in items:
                    break
            await stream.drain()

    async def _use_fully(self, provider: AudioDevice[Any]) -> None:
        """Play while listening, clear in between, and play on."""
        async with provider.open() as stream, aclosing(_until(stream, _SPOKEN)) as items:
            if stream.speaker is not None:
                for _ in range(_FRAMES):
                    await stream.write(_silence(stream))
                stream.clear()
                await stream.write(_silence(stream))
            frames = 0
            async for _ in items:
                frames += 1
                if frames >= _HEARD:
                    break
            await stream.drain()


async def _overfill(stream: AudioStream) -> None:
    """Write more than can be queued."""
    assert stream.speaker is not None
    for _ in range(_PIECES):
        await stream.write(bytes(stream.speaker.bytes_in(_PIECE)))


def _silence(stream: AudioStream) -> bytes:
    """Return a frame of silence for the speaker."""
    if stream.speaker is None:
        raise unittest.SkipTest("it has no speaker")
    return bytes(stream.speaker.bytes_in(_FRAME))


async def _until(stream: AudioStream, seconds: float) -> AsyncGenerator[DeviceEvent, None]:
    """Yield the events of a stream until none has come for `seconds`."""
    async with closing(aiter(stream)) as items:
        while True:
            try:
                async with asyncio.timeout(seconds):
                    item = await anext(items)
            except (StopAsyncIteration, TimeoutError):
                return
            record_progress()
            yield item
