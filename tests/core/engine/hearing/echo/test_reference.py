"""What the speaker plays, read as fast as the microphone captures."""

from __future__ import annotations

from array import array

import pytest

from voicebot.audio import AudioFormat
from voicebot.engine.hearing.echo.reference import EchoReference
from voicebot.interfaces import AudioStream

SOUND = AudioFormat(1000)


class Device(AudioStream):
    """A speaker that has played as much as the test says."""

    speaker = SOUND
    seconds = 0.0

    def __aiter__(self):
        raise NotImplementedError

    @property
    def played(self):
        return self.seconds


def sound(first, seconds):
    """Return samples that count up from `first`."""
    return b"".join(number.to_bytes(2, "little") for number in range(first, first + round(1000 * seconds)))


def audible(audio):
    """Return the samples that are not silence."""
    return [sample for sample in array("h", audio) if sample]


def read(reference, device, seconds, *, plays=True):
    """Read in blocks of 10 ms while the device plays, or does not."""
    blocks = []
    for _ in range(round(seconds / 0.01)):
        blocks.append(reference.read(0.01))
        device.seconds += 0.01 if plays else 0.0
    return b"".join(blocks)


def test_sound_is_read_once_and_followed_by_silence():
    reference = EchoReference(device := Device(), SOUND)
    assert read(reference, device, 0.05, plays=False) == bytes(100)
    reference.written(sound(1, 0.2))
    reference.written(sound(201, 0.1))
    assert read(reference, device, 0.3) == sound(1, 0.3)
    assert read(reference, device, 0.1) == bytes(200)


def test_reading_begins_when_sound_is_written_and_waits_for_a_device_that_starts_slowly():
    reference = EchoReference(device := Device(), SOUND)
    reference.written(sound(1, 0.5))
    ahead = read(reference, device, 0.3, plays=False)
    assert 0.1 <= len(audible(ahead)) / SOUND.rate <= 0.2
    rest = read(reference, device, 0.6)
    assert audible(ahead + rest) == list(range(1, 501))


def test_cleared_sound_is_not_read():
    reference = EchoReference(device := Device(), SOUND)
    reference.written(sound(1, 0.5))
    read(reference, device, 0.2)
    reference.cleared()
    reference.written(sound(1001, 0.1))
    assert read(reference, device, 0.2) == sound(1001, 0.1) + bytes(200)


def test_reading_that_fell_behind_catches_up():
    reference = EchoReference(device := Device(), SOUND)
    reference.written(sound(1, 0.9))
    read(reference, device, 0.1)
    device.seconds += 0.3  # the microphone was not read
    assert read(reference, device, 0.01) == sound(451, 0.01)


def test_delayed_sound_that_arrives_all_at_once_is_read_with_what_was_played_at_its_time():
    reference = EchoReference(device := Device(), SOUND)
    reference.written(sound(1, 2.0))
    read(reference, device, 0.1)
    device.seconds += 0.6  # the microphone's sound is delayed
    at_once = audible(read(reference, device, 0.6, plays=False))
    assert at_once[-500:] == list(range(201, 701))  # it is known after 50 ms that nothing was lost
    assert audible(read(reference, device, 0.5)) == list(range(701, 1201))


def test_a_microphone_that_does_not_catch_up_has_lost_sound():
    reference = EchoReference(device := Device(), SOUND)
    reference.written(sound(1, 3.0))
    read(reference, device, 0.1)
    device.seconds += 0.6
    read(reference, device, 0.2, plays=False)  # some of it arrives, late
    lost = audible(read(reference, device, 0.5))
    assert lost[-1] / SOUND.rate == pytest.approx(device.seconds, abs=0.1)


def test_sound_for_a_device_that_is_gone_does_not_delay_later_sound():
    reference = EchoReference(device := Device(), SOUND)
    reference.written(sound(1, 20.0))
    read(reference, device, 2.0, plays=False)
    reference.written(sound(30001, 0.1))
    assert read(reference, device, 0.1) == sound(30001, 0.1)
