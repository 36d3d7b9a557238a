"""What the speaker plays, read at the pace of the microphone."""

from __future__ import annotations

from array import array

import pytest

from voicebot.audio import AudioFormat
from voicebot.engine.hearing.echo.reference import EchoReference
from voicebot.interfaces import AudioStream

SOUND = AudioFormat(1000)


class Device(AudioStream):
    """A speaker that says what it is told to say."""

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


def heard_of(audio):
    """Return the samples that are not silence."""
    return [sample for sample in array("h", audio) if sample]


def read(played, device, seconds, *, plays=True):
    """Read in blocks of 10 ms while the device plays, or stands still."""
    blocks = []
    for _ in range(round(seconds / 0.01)):
        blocks.append(played.read(0.01))
        device.seconds += 0.01 if plays else 0.0
    return b"".join(blocks)


def test_sound_is_read_once_at_its_pace_and_then_there_is_silence():
    played = EchoReference(device := Device(), SOUND)
    assert read(played, device, 0.05, plays=False) == bytes(100)
    played.wrote(sound(1, 0.2))
    played.wrote(sound(201, 0.1))
    assert read(played, device, 0.3) == sound(1, 0.3)
    assert read(played, device, 0.1) == bytes(200)


def test_reading_begins_with_writing_and_waits_for_a_device_that_is_slow_to_start():
    played = EchoReference(device := Device(), SOUND)
    played.wrote(sound(1, 0.5))
    ahead = read(played, device, 0.3, plays=False)
    assert 0.1 <= len(heard_of(ahead)) / SOUND.rate <= 0.2
    rest = read(played, device, 0.6)
    assert heard_of(ahead + rest) == list(range(1, 501))


def test_what_was_cleared_is_not_read():
    played = EchoReference(device := Device(), SOUND)
    played.wrote(sound(1, 0.5))
    read(played, device, 0.2)
    played.cleared()
    played.wrote(sound(1001, 0.1))
    assert read(played, device, 0.2) == sound(1001, 0.1) + bytes(200)


def test_reading_that_fell_behind_catches_up():
    played = EchoReference(device := Device(), SOUND)
    played.wrote(sound(1, 0.9))
    read(played, device, 0.1)
    device.seconds += 0.3  # nobody listened for a while
    assert read(played, device, 0.01) == sound(451, 0.01)


def test_sound_that_was_held_up_and_comes_all_at_once_is_what_was_played_then():
    played = EchoReference(device := Device(), SOUND)
    played.wrote(sound(1, 2.0))
    read(played, device, 0.1)
    device.seconds += 0.6  # the microphone's sound does not come
    at_once = heard_of(read(played, device, 0.6, plays=False))
    assert at_once[-500:] == list(range(201, 701))  # that it was no loss is known after 50 ms
    assert heard_of(read(played, device, 0.5)) == list(range(701, 1201))


def test_a_microphone_that_does_not_catch_up_has_lost_what_it_did_not_hear():
    played = EchoReference(device := Device(), SOUND)
    played.wrote(sound(1, 3.0))
    read(played, device, 0.1)
    device.seconds += 0.6
    read(played, device, 0.2, plays=False)  # held up, but not all of it
    lost = heard_of(read(played, device, 0.5))
    assert lost[-1] / SOUND.rate == pytest.approx(device.seconds, abs=0.1)


def test_sound_for_a_device_that_has_gone_does_not_delay_what_comes_after():
    played = EchoReference(device := Device(), SOUND)
    played.wrote(sound(1, 20.0))
    read(played, device, 2.0, plays=False)
    played.wrote(sound(30001, 0.1))
    assert read(played, device, 0.1) == sound(30001, 0.1)
