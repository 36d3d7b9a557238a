"""Silence at the end is trimmed while audio streams, and nothing else is."""

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
def test_audio_split_within_samples_is_rejoined(chunk: int) -> None:
    spoken = silence(0.01) + sound(0.02)
    assert trimmed(spoken + silence(0.03) + b"\x00", chunk, 0.02) == spoken + silence(0.02)


def test_silence_shorter_than_the_tail_is_kept() -> None:
    spoken = sound(0.1) + silence(0.04)
    assert trimmed(spoken, 3_200) == spoken


def test_speech_passes_at_once() -> None:
    trimmer = SilenceTrimmer(FORMAT)
    for piece in (silence(0.1), sound(0.1), silence(0.1), sound(0.05) + silence(0.02)):
        assert trimmer.write(piece) == piece


def test_silence_is_held_back_until_speech_follows() -> None:
    trimmer = SilenceTrimmer(FORMAT)
    trimmer.write(sound(0.1))
    assert trimmer.write(silence(0.5)) == silence(0.1)
    assert trimmer.write(silence(0.5)) == b""
    assert trimmer.write(sound(0.1)) == silence(0.9) + sound(0.1)


def test_a_very_long_pause_is_kept() -> None:
    spoken = sound(0.1) + silence(5.0)
    assert len(trimmed(spoken, 3_200)) > len(sound(0.1) + silence(2.0))


def test_silence_is_added_up_to_a_configured_pause() -> None:
    trimmer = SilenceTrimmer(FORMAT, tail=0.5)
    trimmer.write(sound(0.1) + silence(0.2))
    assert len(trimmer.padding()) == FORMAT.bytes_in(0.3)


def test_the_loudest_possible_sample_counts_as_speech() -> None:
    assert trimmed(b"\x00\x80" * 100, 64) == b"\x00\x80" * 100
