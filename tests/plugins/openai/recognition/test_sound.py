"""Sound that waits for transcription: silence is left out, and nothing else."""

from __future__ import annotations

import pytest

from voicebot import AudioFormat
from voicebot_openai.recognition.sound import LeadingSilence, PendingSound

FORMAT = AudioFormat(16_000)


def silence(seconds):
    return bytes(FORMAT.bytes_in(seconds))


def first_audible(sound):
    samples = memoryview(sound).cast("h")
    return 2 * next(at for at, sample in enumerate(samples) if abs(sample) > 100)


@pytest.mark.parametrize("size", [2, 320, 640, 31_998, 10_000_000])
def test_silence_before_speech_is_left_out_but_for_its_end(humming, size):
    gate = LeadingSilence(FORMAT)
    sound = silence(0.4) + humming(0.1) + silence(0.1 if size == 2 else 2)

    passed = b"".join(gate.write(sound[at : at + size]) for at in range(0, len(sound), size))

    begins = first_audible(sound)
    assert passed == sound[begins - FORMAT.bytes_in(0.3) :]


def test_an_hour_of_silence_takes_no_memory():
    pending = PendingSound(FORMAT)
    for _ in range(3600):
        assert pending.write(silence(1)) == b""

    assert pending.take() == b""


def test_long_speech_is_cut_where_it_is_quiet(humming):
    pending = PendingSound(FORMAT, longest=10)
    sound = humming(8) + humming(0.3, loudness=200) + humming(4)

    pieces = [piece for at in range(0, len(sound), 640) if (piece := pending.write(sound[at : at + 640]))]

    assert len(pieces) == 1
    assert 8 < FORMAT.seconds_in(len(pieces[0])) < 8.3
    assert pieces[0] + pending.take() == sound


def test_speech_without_any_quiet_place_is_cut_somewhere_and_nothing_is_lost(humming):
    pending = PendingSound(FORMAT, longest=5)
    sound = humming(32)

    pieces = [piece for at in range(0, len(sound), 3200) if (piece := pending.write(sound[at : at + 3200]))]

    assert b"".join([*pieces, pending.take()]) == sound
    assert all(2.9 <= FORMAT.seconds_in(len(piece)) <= 5.2 for piece in pieces)


def test_sound_that_is_too_short_is_kept_for_later(humming):
    pending = PendingSound(FORMAT)
    pending.write(humming(0.05))
    assert pending.take() == b""
    pending.write(humming(0.06))

    assert pending.take() == humming(0.05) + humming(0.06)
    assert pending.take() == b""
