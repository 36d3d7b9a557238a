"""What can still be taken back from a device, and that nothing is kept of what it has played."""

from __future__ import annotations

import tracemalloc
from collections.abc import AsyncIterator

from voicebot.audio import AudioFormat
from voicebot.engine.speaking.playback.device_queue import DeviceQueue
from voicebot.interfaces import AudioStream
from voicebot.messages import DeviceEvent

FORMAT = AudioFormat(100)


class Device(AudioStream):
    speaker = FORMAT
    played = 0.0

    def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        raise NotImplementedError


class Monitor:
    def __init__(self) -> None:
        self.reported: list[bytes | None] = []

    def written(self, audio: bytes) -> None:
        self.reported.append(audio)

    def cleared(self) -> None:
        self.reported.append(None)


def second(number: int) -> bytes:
    return bytes([number]) * FORMAT.bytes_in(1.0)


def test_played_audio_is_not_taken_back() -> None:
    queue = DeviceQueue(device := Device(), FORMAT, None)
    for number in range(3):
        queue.add(second(number), 1.0)
    device.played = 1.5
    assert queue.end == 3.0
    assert queue.take_back() == [second(1)[100:], second(2)]
    assert queue.end == 1.5
    assert queue.take_back() == []


def test_only_what_may_not_have_been_played_is_kept() -> None:
    queue = DeviceQueue(device := Device(), FORMAT, None)
    tracemalloc.start()
    try:
        for number in range(100):
            queue.add(second(number), 1.0)
            device.played = number + 0.5
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 10 * FORMAT.bytes_in(1.0)
    assert queue.take_back() == [second(99)[100:]]
    assert queue.pieces_given == 100


def test_the_monitor_receives_the_audio_at_the_volume_that_is_played() -> None:
    queue = DeviceQueue(Device(), FORMAT, monitor := Monitor())
    assert queue.add(b"\x64\x00", 1.0) == b"\x64\x00"
    assert queue.add(b"\x64\x00", 0.5) == b"\x32\x00"
    assert queue.take_back() == [b"\x64\x00", b"\x64\x00"], "kept at full volume"
    assert monitor.reported == [b"\x64\x00", b"\x32\x00", None]
