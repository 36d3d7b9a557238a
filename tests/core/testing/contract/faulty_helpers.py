"""Devices, voice activity detectors and turn detectors with one fault each, derived from correct ones."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from voicebot import (
    AudioDevice,
    AudioFormat,
    AudioStream,
    DeviceEvent,
    Endpoint,
    Options,
    Provider,
    TurnDetector,
    TurnSoFar,
    VoiceActivity,
    VoiceActivityDetector,
    VoiceActivityOptions,
)

QUESTION = Path(__file__).parents[4] / "configs" / "question.wav"


class Waits(TurnDetector[Options]):
    """A correct detector: waits half a second."""

    async def wait(self, turn: TurnSoFar) -> float:
        await asyncio.sleep(0)
        return 0.5


class WaitsInVain(Waits):
    async def wait(self, turn: TurnSoFar) -> float:
        return float("nan")


class NeedsWords(Waits):
    async def wait(self, turn: TurnSoFar) -> float:
        return 0.5 if turn.text.split()[-1] else 1.0


class NeedsSound(Waits):
    input_format = AudioFormat(16_000)
    audio_seconds = 8.0

    async def wait(self, turn: TurnSoFar) -> float:
        return turn.audio[0] + 0.5


class MixesTurnsUp(Waits):
    async def wait(self, turn: TurnSoFar) -> float:
        self.turn = turn
        await asyncio.sleep(0)
        return len(self.turn.text) / 10


class RemembersTheTurnBefore(Waits):
    before = ""

    async def wait(self, turn: TurnSoFar) -> float:
        before, self.before = self.before, turn.text
        return 0.1 * len(before)


class Hears(VoiceActivityDetector[VoiceActivityOptions]):
    """A correct detector: it hears nothing at all, which is right in silence."""

    input_format = AudioFormat(16_000)
    frame_bytes = 640

    def detect(self) -> VoiceActivity:
        return Deaf()


class Deaf(VoiceActivity):
    def probability(self, frame: bytes) -> float:
        return 0.0


class Smooth(VoiceActivity):
    """Smooths what it hears over some frames."""

    def __init__(self) -> None:
        self.loudness = 0.0

    def probability(self, frame: bytes) -> float:
        self.loudness = 0.8 * self.loudness + 0.2 * max(map(abs, array("h", frame)))
        return min(1.0, self.loudness / 1000)


class HearsSmoothly(Hears):
    """A correct detector for a recording."""

    def detect(self) -> VoiceActivity:
        return Smooth()


class SharesOneDetector(HearsSmoothly):
    def detect(self) -> VoiceActivity:
        self.shared = getattr(self, "shared", None) or Smooth()
        return self.shared


class HearsSilenceAsTheLast(HearsSmoothly):
    """Skips silent frames, and returns what another conversation heard last."""

    last = 0.0

    def detect(self) -> VoiceActivity:
        detector = self

        class Skipping(Smooth):
            def probability(self, frame: bytes) -> float:
                if any(frame):
                    detector.last = super().probability(frame)
                return detector.last

        self.last = 0.0
        return Skipping()


class HearsInPercent(Hears):
    def detect(self) -> VoiceActivity:
        class Percent(VoiceActivity):
            def probability(self, frame: bytes) -> float:
                return 40.0 if any(frame) else 0.0

        return Percent()


class HearsGhosts(Hears):
    def detect(self) -> VoiceActivity:
        class Ghosts(VoiceActivity):
            def probability(self, frame: bytes) -> float:
                return 0.9

        return Ghosts()


class HasOddFrames(Hears):
    frame_bytes = 641


class Room(AudioStream):
    """A correct stream: a silent microphone, and a speaker that plays at once."""

    microphone = AudioFormat(16_000)
    speaker = AudioFormat(16_000)
    live = False

    def __init__(self) -> None:
        self.written = 0.0

    async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        while True:
            yield bytes(640)
            await asyncio.sleep(0.001)

    async def write(self, audio: bytes) -> None:
        await asyncio.sleep(0)
        self.written += len(audio) / 32_000

    @property
    def played(self) -> float:
        return self.written


class Device(AudioDevice[Options]):
    """A correct device."""

    stream: type[Room] = Room

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[AudioStream, None]:
        yield self.stream()


class OddFrames(Room):
    async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        yield bytes(641)


class PlaysBackwards(Room):
    @property
    def played(self) -> float:
        return -self.written


class NeverDrains(Room):
    def clear(self) -> None:
        self.cleared = True

    async def drain(self) -> None:
        if hasattr(self, "cleared"):
            await asyncio.get_running_loop().create_future()


class TakesAnything(Room):
    live = True

    @property
    def played(self) -> float:
        return min(self.written, 0.5)


class QueuesWhatWasCancelled(Room):
    live = True

    async def write(self, audio: bytes) -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(0.3)  # there is no room yet
        await super().write(audio)


class SaysNoFormat(Room):
    speaker = AudioFormat(48)

    @property
    def played(self) -> float:
        return 0.0


def with_stream(stream: type[Room]) -> type[Device]:
    return type(stream.__name__, (Device,), {"stream": stream})


class OpensOnce(Device):
    opened = False

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[AudioStream, None]:
        assert not self.opened
        self.opened = True
        yield Room()


class CountsBadly(Device):
    def endpoints(self) -> list[Endpoint]:
        return [Endpoint(0, "left", "output"), Endpoint(0, "right", "output")]


FAULTS: dict[type[Provider[Any]], str] = {
    WaitsInVain: "a_wait_is_a_number_of_seconds",
    NeedsWords: "any_turn_is_accepted",
    NeedsSound: "any_amount_of_sound_is_accepted",
    MixesTurnsUp: "twenty_turns_at_once_are_kept_apart",
    RemembersTheTurnBefore: "twenty_turns_at_once_are_kept_apart",
    SharesOneDetector: "twenty_detectors_at_once_are_kept_apart",
    HearsSilenceAsTheLast: "twenty_detectors_at_once_are_kept_apart",
    HearsInPercent: "a_probability_is_from_0_to_1",
    HearsGhosts: "silence_is_not_speech",
    HasOddFrames: "its_frames_are_known_after_its_start",
    with_stream(OddFrames): "sound_comes_in_whole_frames",
    with_stream(PlaysBackwards): "what_was_written_is_played",
    with_stream(NeverDrains): "clear_discards_what_was_written",
    with_stream(TakesAnything): "writing_too_fast_waits",
    with_stream(QueuesWhatWasCancelled): "a_cancelled_write_queues_nothing_more",
    with_stream(SaysNoFormat): "its_formats_are_valid",
    OpensOnce: "it_can_be_opened_again",
    CountsBadly: "endpoints_are_described",
}


MANY = {
    "WaitsInVain",
    "NeverDrains",
    "NeedsSound",
    "PlaysBackwards",
    "QueuesWhatWasCancelled",
    "SaysNoFormat",
    "OpensOnce",
}
"""Faults that other checks notice too."""
