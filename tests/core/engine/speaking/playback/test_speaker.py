"""Audio that is ducked, held, resumed or cleared: each sample is heard at most once, in order."""

from __future__ import annotations

import asyncio
import random
from array import array
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

import pytest

from voicebot import DeviceError
from voicebot.audio import AudioFormat
from voicebot.engine.speaking.playback.playback import PlaybackFailed
from voicebot.engine.speaking.playback.speaker import Speaker
from voicebot.interfaces import AudioStream
from voicebot.messages import DeviceEvent
from voicebot.testing import simulated

SOUND = AudioFormat(100)
MOST_SAMPLES = 1310
Waits = Literal["before it queues", "in steps before it queues", "after it has queued", "never", "always"]
WAITS: tuple[Waits, ...] = (
    "before it queues",
    "in steps before it queues",
    "after it has queued",
    "never",
    "always",
)


def numbered(first: int, count: int) -> bytes:
    """Return samples that show their number, and at a fifth of their amplitude that they were ducked."""
    return array("h", (25 * number + 5 for number in range(first, first + count))).tobytes()


@dataclass(frozen=True)
class Sample:
    """Which sample was heard, when it began, and whether it was ducked."""

    at: float
    number: int
    ducked: bool


class Loudspeaker(AudioStream):
    """Plays what is queued in (virtual) real time.

    Args:
        waits: where `write` waits while more than `most` seconds are queued.
    """

    speaker = SOUND

    def __init__(self, waits: Waits, most: float = 1.0) -> None:
        self.heard: list[Sample] = []
        self.writing = 0
        self._waits = waits
        self._most = most
        self._loop = asyncio.get_running_loop()
        self._queue: list[int] = []
        self._next_at = 0.0

    def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        raise NotImplementedError

    async def write(self, audio: bytes) -> None:
        assert not self.writing, "one writes at a time"
        self.writing += 1
        try:
            if self._waits == "always":
                await asyncio.sleep(0)
            if self._waits == "after it has queued":
                self._put(audio)
            step = 0.05 if self._waits == "in steps before it queues" else 10.0
            while self._waits != "never" and (ahead := self._ahead() - self._most) > 1e-9:  # noqa: ASYNC110
                await asyncio.sleep(min(ahead, step))
            if self._waits != "after it has queued":
                self._put(audio)
        finally:
            self.writing -= 1

    def clear(self) -> None:
        self.play()
        self._queue.clear()

    @property
    def played(self) -> float:
        self.play()
        return SOUND.seconds_in(2 * len(self.heard))

    async def drain(self) -> None:
        while (ahead := self._ahead()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(ahead)

    def play(self) -> None:
        """Record what has been heard by now."""
        now = self._loop.time()
        while self._queue and self._next_at + 0.01 <= now + 1e-9:
            value = self._queue.pop(0)
            ducked = value % 5 == 1
            self.heard.append(Sample(self._next_at, (value if ducked else value // 5) // 5, ducked))
            self._next_at += 0.01

    def _ahead(self) -> float:
        self.play()
        return max(0.0, self._next_at + 0.01 * len(self._queue) - self._loop.time()) if self._queue else 0.0

    def _put(self, audio: bytes) -> None:
        self.play()
        if not self._queue:
            self._next_at = self._loop.time()
        self._queue += array("h", audio)


@asynccontextmanager
async def speaking(device: Loudspeaker) -> AsyncGenerator[Speaker, None]:
    async with asyncio.TaskGroup() as tasks:
        yield Speaker(device, tasks)


def numbers(device: Loudspeaker) -> list[int]:
    device.play()
    return [sample.number for sample in device.heard]


PIECES = pytest.mark.parametrize("piece", [1, 30, 400])
DEVICES = pytest.mark.parametrize("waits", WAITS)


@DEVICES
@PIECES
@simulated
async def test_audio_that_is_ducked_and_resumed_is_played_once(waits: Waits, piece: int) -> None:
    device = Loudspeaker(waits)
    async with speaking(device) as speaker, asyncio.TaskGroup() as tasks:
        saying = tasks.create_task(say(speaker, 0, 800, piece))
        await asyncio.sleep(1.005)
        speaker.duck()
        await asyncio.sleep(0.5)
        speaker.resume()
        await saying
        await speaker.drain(speaker.playback)
    assert numbers(device) == list(range(800))
    ducked = [sample.number for sample in device.heard if sample.ducked]
    assert ducked == list(range(ducked[0], ducked[0] + 50))
    assert 99 <= ducked[0] <= 101


@DEVICES
@PIECES
@simulated
async def test_audio_that_is_held_resumes_with_the_next_sample(waits: Waits, piece: int) -> None:
    device = Loudspeaker(waits)
    async with speaking(device) as speaker, asyncio.TaskGroup() as tasks:
        saying = tasks.create_task(say(speaker, 0, 800, piece))
        await asyncio.sleep(1)
        speaker.hold()
        heard = len(numbers(device))
        await asyncio.sleep(3)
        assert len(numbers(device)) == heard
        speaker.resume()
        await saying
        await speaker.drain(speaker.playback)
    assert numbers(device) == list(range(800))
    assert not any(sample.ducked for sample in device.heard)


@DEVICES
@PIECES
@simulated
async def test_nothing_is_heard_again_after_an_interruption(waits: Waits, piece: int) -> None:
    device = Loudspeaker(waits)
    async with speaking(device) as speaker, asyncio.TaskGroup() as tasks:
        saying = tasks.create_task(say(speaker, 0, 400, piece))
        await asyncio.sleep(2)
        saying.cancel()
        speaker.clear()
        heard = len(numbers(device))
        await asyncio.sleep(0.1)
        saying = tasks.create_task(say(speaker, 500, 300, piece))
        await asyncio.sleep(1)
        speaker.duck()  # a cough
        await asyncio.sleep(0.3)
        speaker.resume()
        await saying
        await speaker.drain(speaker.playback)
    assert numbers(device) == [*range(heard), *range(500, 800)]


@DEVICES
@simulated
async def test_audio_written_to_an_interrupted_playback_is_dropped(waits: Waits) -> None:
    device = Loudspeaker(waits)
    async with speaking(device) as speaker:
        old = speaker.playback
        await speaker.write(numbered(0, 50), old)
        await asyncio.sleep(0.1)
        speaker.clear()
        await speaker.write(numbered(50, 50), old)
        await speaker.play(numbered(200, 50))
        await speaker.write(numbered(100, 50), old)
        await speaker.drain(speaker.playback)
    assert numbers(device) == [*range(10), *range(200, 250)]


@DEVICES
@simulated
async def test_cutting_drops_what_comes_after(waits: Waits) -> None:
    device = Loudspeaker(waits)
    async with speaking(device) as speaker:
        await speaker.play(numbered(0, 90))
        await asyncio.sleep(0.3)
        speaker.cut(0.55)
        await speaker.play(numbered(200, 20))
        await speaker.drain(speaker.playback)
    assert numbers(device) == [*range(55), *range(200, 220)]


@DEVICES
@simulated
async def test_audio_that_a_lost_device_had_not_played_is_played_once_it_is_back(waits: Waits) -> None:
    device = Loudspeaker(waits)
    async with speaking(device) as speaker, asyncio.TaskGroup() as tasks:
        saying = tasks.create_task(say(speaker, 0, 300, 30))
        await asyncio.sleep(0.5)
        speaker.device_lost()
        await asyncio.sleep(5)
        speaker.resume()  # a cough was over
        await asyncio.sleep(5)
        assert len(numbers(device)) == 50
        speaker.device_reopened()
        await saying
        await speaker.drain(speaker.playback)
    assert numbers(device) == list(range(300))


class DrainsOnce(Loudspeaker):
    """Waits for what was queued when `drain` was called, not for what comes later."""

    async def drain(self) -> None:
        await asyncio.sleep(self._ahead())


@simulated
async def test_draining_waits_for_audio_that_is_resumed_meanwhile() -> None:
    device = DrainsOnce("before it queues")
    async with speaking(device) as speaker, asyncio.TaskGroup() as tasks:
        await say(speaker, 0, 100, 30)
        draining = tasks.create_task(speaker.drain(speaker.playback))
        await asyncio.sleep(0.5)
        speaker.hold()
        await asyncio.sleep(0.4)
        speaker.resume()
        await draining
        assert numbers(device) == list(range(100))


@simulated
async def test_the_end_of_what_was_written_is_known_in_advance() -> None:
    device = Loudspeaker("before it queues")
    async with speaking(device) as speaker:
        assert speaker.end == 0.0
        await speaker.play(numbered(0, 110))
        await asyncio.sleep(0.4)
        assert speaker.end == pytest.approx(1.1)
        speaker.hold()
        await asyncio.sleep(3)
        assert speaker.end == pytest.approx(1.1)
        speaker.clear()
        assert speaker.end == speaker.played == pytest.approx(0.4)


class Broken(Loudspeaker):
    """Fails on the second piece that it is given."""

    def __init__(self, error: BaseException) -> None:
        super().__init__("before it queues")
        self.pieces = 0
        self.error = error

    async def write(self, audio: bytes) -> None:
        self.pieces += 1
        if self.pieces == 2:
            raise self.error
        await super().write(audio)


@pytest.mark.parametrize("error", [RuntimeError("no"), asyncio.CancelledError()])
@simulated
async def test_a_device_that_breaks_fails_the_playback_and_may_work_in_the_next(error: BaseException) -> None:
    device = Broken(error)
    async with speaking(device) as speaker:
        broken = speaker.playback
        await asyncio.wait([asyncio.create_task(say(speaker, 0, 100, 20))])
        with pytest.raises(PlaybackFailed, match=f"^the device broke: {type(error).__name__}"):
            await speaker.drain(broken)
        await speaker.play(numbered(500, 20))
        await speaker.drain(speaker.playback)
    assert numbers(device) == [*range(20), *range(500, 520)]


@simulated
async def test_a_device_that_is_gone_for_good_ends_the_conversation() -> None:
    async def converse() -> None:
        async with speaking(Broken(DeviceError("unplugged"))) as speaker:
            await say(speaker, 0, 100, 20)
            await asyncio.sleep(10)

    with pytest.raises(ExceptionGroup) as raised:
        await converse()
    assert [str(error) for error in raised.value.exceptions] == ["unplugged"]


@pytest.mark.parametrize("seed", range(60))
def test_each_sample_is_heard_once_in_order_and_as_loud_as_it_should_be_whatever_happens(seed: int) -> None:
    choose = random.Random(seed)

    @simulated
    async def conversation() -> None:
        device = Loudspeaker(choose.choice(WAITS), choose.choice([0.05, 0.3, 1.0]))
        playback_test = RandomPlayback(device, choose)
        async with speaking(device) as speaker:
            await playback_test.run(speaker)
        device.play()
        playback_test.check()

    conversation()


class RandomPlayback:
    """Writes audio and disturbs it at random, and knows what must have been heard."""

    def __init__(self, device: Loudspeaker, choose: random.Random) -> None:
        self.device = device
        self.choose = choose
        self.first = self.written = 0
        self.did: list[str] = []
        self.expected: list[int] = []
        """The samples that must have been heard so far."""
        self.volumes: list[tuple[float, str]] = [(0.0, "full")]

    async def run(self, speaker: Speaker) -> None:
        while self.written < MOST_SAMPLES - 250:
            async with asyncio.TaskGroup() as tasks:
                self.first = self.written
                saying = tasks.create_task(self.say(speaker, self.choose.randint(20, 250)))
                for _ in range(self.choose.randint(0, 6)):
                    await asyncio.sleep(self.choose.choice([0.0, 0.003, 0.1, 0.37, 1.0]))
                    if not saying.done() and self.disturb(speaker, saying) == "interrupt":
                        break
                else:
                    self.record("full", "resume")
                    speaker.device_reopened()
                    speaker.resume()

    async def say(self, speaker: Speaker, count: int) -> None:
        size = self.choose.choice([1, 2, 10, 30, 250])
        playback, end = speaker.playback, self.written + count
        while self.written < end:
            size_now = min(size, end - self.written)
            self.written += size_now
            await speaker.write(numbered(self.written - size_now, size_now), playback)
            await asyncio.sleep(self.choose.choice([0.0, 0.0, 0.01]))
        await speaker.drain(playback)
        if speaker.is_attenuated:
            speaker.resume()
            self.record("full", "over")
        self.expected += range(self.first, end)

    def disturb(self, speaker: Speaker, saying: asyncio.Task[None]) -> str:
        disturbance = self.choose.choice(
            ["duck", "duck", "hold", "resume", "resume", "lose", "back", "interrupt"]
        )
        match disturbance:
            case "duck":
                speaker.duck()
                if self.volumes[-1][1] != "held":
                    self.record("ducked", "duck")
            case "hold":
                speaker.hold()
                self.record("held", "hold")
            case "resume":
                speaker.resume()
                self.record("full", "resume")
            case "lose":
                speaker.device_lost()
            case "back":
                speaker.device_reopened()
            case "interrupt":
                saying.cancel()
                speaker.clear()
                self.record("full", "clear")
                speaker.device_reopened()
                self.expected += [n for n in numbers(self.device) if n >= self.first]
        return disturbance

    def record(self, volume: str, did: str) -> None:
        self.did.append(did)
        self.volumes.append((asyncio.get_running_loop().time(), volume))

    def check(self) -> None:
        assert numbers(self.device) == self.expected, self.did
        for sample in self.device.heard:
            volume = [kind for at, kind in self.volumes if at <= sample.at + 1e-9][-1]
            assert volume == ("ducked" if sample.ducked else "full"), (sample, self.did)


async def say(speaker: Speaker, first: int, count: int, piece: int) -> None:
    playback = speaker.playback
    for start in range(first, first + count, piece):
        await speaker.write(numbered(start, min(piece, first + count - start)), playback)
