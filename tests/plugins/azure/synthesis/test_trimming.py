"""The end's silence is trimmed while sound streams, and nothing else is."""

from __future__ import annotations

import pytest

from voicebot import AudioFormat
from voicebot_azure.synthesis.trimming import SilenceTrimmer

FORMAT = AudioFormat(16_000)


def silence(seconds: float) -> bytes:
    return b"\x10\x00" * round(seconds * FORMAT.rate)


def sound(seconds: float) -> bytes:
    return b"\x00\x10\x00\xf0" * round(seconds * FORMAT.rate / 2)


def trimmed(audio: bytes, chunk: int, kept: float = 0.1) -> bytes:
    trimmer = SilenceTrimmer(FORMAT, kept)
    return b"".join(trimmer.write(audio[first : first + chunk]) for first in range(0, len(audio), chunk))


@pytest.mark.parametrize("chunk", [2, 64, 3_200, 10_000, 1_000_000])
@pytest.mark.parametrize("pause", [0.0, 0.05, 0.1, 0.7, 1.9])
def test_only_the_end_is_trimmed(chunk: int, pause: float) -> None:
    if chunk == 2 and pause:
        pause = 0.15  # sample by sample takes long
    spoken = silence(0.2) + sound(0.1) + silence(pause) + sound(0.1)
    assert trimmed(spoken + silence(1.0 if chunk > 2 else 0.2), chunk) == spoken + silence(0.1)


@pytest.mark.parametrize("chunk", [1, 3, 641])
def test_sound_that_comes_in_odd_pieces_is_whole(chunk: int) -> None:
    spoken = silence(0.01) + sound(0.02)
    assert trimmed(spoken + silence(0.03) + b"\x00", chunk, 0.02) == spoken + silence(0.02)


def test_what_is_shorter_than_what_is_kept_stays() -> None:
    spoken = sound(0.1) + silence(0.04)
    assert trimmed(spoken, 3_200) == spoken


def test_sound_is_given_out_as_soon_as_it_is_there() -> None:
    trimmer = SilenceTrimmer(FORMAT)
    for piece in (silence(0.1), sound(0.1), silence(0.1), sound(0.05) + silence(0.02)):
        assert trimmer.write(piece) == piece


def test_silence_is_held_back_until_sound_follows() -> None:
    trimmer = SilenceTrimmer(FORMAT)
    trimmer.write(sound(0.1))
    assert trimmer.write(silence(0.5)) == silence(0.1)
    assert trimmer.write(silence(0.5)) == b""
    assert trimmer.write(sound(0.1)) == silence(0.9) + sound(0.1)


def test_a_pause_that_is_very_long_is_one_that_the_text_wants() -> None:
    spoken = sound(0.1) + silence(5.0)
    assert len(trimmed(spoken, 3_200)) > len(sound(0.1) + silence(2.0))


def test_missing_silence_is_added_for_a_pause_that_was_asked_for() -> None:
    trimmer = SilenceTrimmer(FORMAT, kept=0.5)
    trimmer.write(sound(0.1) + silence(0.2))
    assert len(trimmer.pad()) == FORMAT.bytes_in(0.3)


def test_the_loudest_sample_there_is_counts_as_sound() -> None:
    assert trimmed(b"\x00\x80" * 100, 64) == b"\x00\x80" * 100
