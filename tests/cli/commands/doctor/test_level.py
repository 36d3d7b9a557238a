"""What the level of a recording says about the microphone."""

from __future__ import annotations

import numpy
import pytest

from voicebot.audio import AudioFormat
from voicebot.cli.commands.doctor.sound.level import level_findings
from voicebot.cli.commands.doctor.sound.rehearsal import tone

FORMAT = AudioFormat(16_000)


def noise(seconds: float, amplitude: float) -> numpy.ndarray:
    samples = numpy.random.default_rng(7).normal(0.0, 1.0, round(seconds * FORMAT.rate))
    return numpy.clip(samples * amplitude, -32_768, 32_767)


def verdicts(samples: numpy.ndarray) -> list[tuple[str, str]]:
    findings = level_findings(samples.astype("<i2").tobytes(), FORMAT)
    return [(finding.verdict, finding.message.partition(" (")[0].partition(":")[0]) for finding in findings]


@pytest.mark.parametrize(
    ("background", "speech", "expected"),
    [
        (0, 0, [("problem", "gives nothing but silence")]),
        (0.4, 0.4, [("problem", "gives nothing but silence")]),  # a converter's last bit
        (20, 3_000, [("ok", "hears you well")]),
        (20, 20, [("warning", "hears nobody speak")]),
        (20, 60, [("warning", "hears nobody speak")]),
        (1_500, 9_000, [("warning", "hears a loud background")]),
        (20, 40_000, [("warning", "clips")]),
    ],
)
def test_silence_noise_clipping_and_good_speech_are_told_apart(
    background: float, speech: float, expected: list[tuple[str, str]]
) -> None:
    samples = numpy.concatenate([noise(1.5, background), noise(2.0, speech), noise(0.5, background)])

    assert verdicts(samples) == expected


def test_a_device_that_gives_no_sound_is_a_problem() -> None:
    assert verdicts(numpy.zeros(0)) == [("problem", "gave no sound")]


def test_the_tone_begins_and_ends_softly_and_is_not_loud() -> None:
    samples = numpy.frombuffer(tone(FORMAT), "<i2")

    assert abs(int(samples[0])) + abs(int(samples[-1])) < 100
    assert 5_000 < numpy.abs(samples).max() <= 6_000
