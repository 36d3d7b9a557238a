"""Loudness and trimming."""

from __future__ import annotations

import numpy
import pytest

from voicebot import AudioFormat
from voicebot_local.synthesis.sound import PieceTrimmer, gain_for, pcm

FORMAT = AudioFormat(22_050)
rng = numpy.random.default_rng(1)


def noise(seconds, level):
    return (rng.normal(size=round(seconds * 22_050)) * level).astype(numpy.float32)


def level(samples):
    return float(numpy.sqrt(numpy.mean(numpy.square(samples.astype(float) / 32_767))))


@pytest.mark.parametrize("loudness", [0.02, 0.06, 0.3])
def test_quiet_and_loud_voices_become_equally_loud(loudness):
    speech = noise(1, loudness)
    samples = pcm(speech, gain_for(numpy.concatenate([speech, noise(2, loudness / 1000)])))
    assert level(samples) == pytest.approx(0.1, rel=0.05)


def test_silence_is_not_amplified():
    assert gain_for(numpy.zeros(100, numpy.float32)) == 1
    assert gain_for(numpy.zeros(0, numpy.float32)) == 1


def test_the_gain_is_the_same_for_all_sound():
    quiet, loud = noise(0.1, 0.01), noise(0.1, 0.1)
    assert level(pcm(loud, 2.0)) / level(pcm(quiet, 2.0)) == pytest.approx(10, rel=0.1)


def test_no_sample_is_clipped_and_louder_ones_stay_louder():
    rising = numpy.linspace(-3, 3, 6001, dtype=numpy.float32)
    samples = pcm(rising, 1.5).astype(int)
    assert abs(samples).max() <= 32_767
    assert (numpy.diff(samples) >= 0).all()
    within = abs(rising * 1.5) <= 0.8
    assert samples[within] == pytest.approx(rising[within] * 1.5 * 32_767, abs=1)


def trimmed(chunks, boundary="sentence"):
    trimmer = PieceTrimmer(FORMAT, boundary)
    results = [trimmer.trimmed(chunk, is_last=chunk is chunks[-1]) for chunk in chunks]
    return [len(samples) / 22_050 for samples, _ in results], [removed for _, removed in results]


QUIET, LOUD = numpy.zeros(11_025, "<i2"), numpy.full(11_025, 9_000, "<i2")


def test_quiet_at_the_beginning_is_removed_and_counted():
    lengths, removed = trimmed([QUIET, numpy.concatenate([QUIET, LOUD]), LOUD])
    assert lengths == pytest.approx([0, 0.515, 0.7], abs=0.001)
    assert removed == [11_025, 11_025 - round(0.015 * 22_050), 0]


@pytest.mark.parametrize(("boundary", "left"), [("sentence", 0.2), ("clause", 0.1), ("word", 0.02)])
@pytest.mark.parametrize("quiet", [0, 0.01, 0.15, 0.4])
def test_how_much_quiet_there_is_at_the_end_depends_on_what_ends_there(boundary, left, quiet):
    end = numpy.zeros(round(quiet * 22_050), "<i2")
    lengths, _ = trimmed([LOUD, numpy.concatenate([LOUD, end])], boundary)
    assert lengths == pytest.approx([0.5, 0.5 + left], abs=0.001)


def test_a_pause_in_the_middle_is_kept():
    lengths, _ = trimmed([LOUD, QUIET, LOUD.copy()])
    assert lengths == pytest.approx([0.5, 0.5, 0.7], abs=0.001)


def test_a_piece_that_is_quiet_throughout_is_left_out():
    assert trimmed([QUIET, QUIET])[0] == [0, 0]
