"""Resampling gives the same sound, in whatever pieces it comes."""

from __future__ import annotations

import math
from array import array

import pytest

from voicebot import AudioFormat, Resampler

TONE = array("h", (round(9000 * math.sin(n / 9)) for n in range(4_000))).tobytes()
ROUNDING = 3


def resampled(audio: bytes, *, piece: int, rate: int = 16_000) -> bytes:
    resampler = Resampler(AudioFormat(24_000), AudioFormat(rate))
    pieces = [resampler.write(audio[start : start + piece]) for start in range(0, len(audio), piece)]
    return b"".join([*pieces, resampler.flush()])


def same_sound(one: bytes, other: bytes) -> bool:
    pairs = zip(array("h", one), array("h", other), strict=True)
    return all(abs(a - b) <= ROUNDING for a, b in pairs)


@pytest.mark.parametrize("piece", [1, 641, 1000])
def test_pieces_may_split_a_sample(piece: int) -> None:
    assert same_sound(resampled(TONE, piece=piece), resampled(TONE, piece=len(TONE)))


def test_half_a_sample_at_the_end_is_dropped() -> None:
    assert same_sound(resampled(TONE + b"\x01", piece=640), resampled(TONE, piece=640))


def test_half_a_sample_is_not_joined_to_the_sound_after_a_flush() -> None:
    resampler = Resampler(AudioFormat(24_000), AudioFormat(16_000))
    resampler.write(TONE + b"\x01")
    resampler.flush()
    assert same_sound(resampler.write(TONE) + resampler.flush(), resampled(TONE, piece=len(TONE)))


def test_at_the_same_rate_sound_is_unchanged() -> None:
    assert resampled(TONE, piece=641, rate=24_000) == TONE
