"""Unusual recordings and full disks: people get answers, or one line that says what is wrong."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import wave

import numpy
import pytest
import soundfile
import soxr

QUESTION = "where is the treasure"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (
            b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x80\x3e\0\0\0\x7d\0\0\2\0\x10\0data\0\0\0\0",
            "has a header",
        ),
        (b"a letter, not a sound" * 100, "is not a sound file"),
    ],
)
def test_an_invalid_recording_is_a_one_line_error(program, content, complaint):
    (program.directory / "question.wav").write_bytes(content)

    ran = program("run", "bot.yaml", "--input", "question.wav")

    assert (ran.returncode, ran.stdout) == (1, "")
    [_, line] = ran.stderr.splitlines()
    assert line.startswith(f"error: question.wav: {complaint}")


SHAPES = {
    "8 bits at 11 kHz": ("PCM_U8", 11_025, 1),
    "24 bits, stereo, at 44.1 kHz": ("PCM_24", 44_100, 2),
    "floating point, 6 channels, at 48 kHz": ("FLOAT", 48_000, 6),
}


@pytest.mark.parametrize(("subtype", "rate", "channels"), SHAPES.values(), ids=SHAPES.keys())
def test_speech_is_recognised_in_every_format_of_recording(program, say, quiet, subtype, rate, channels):
    sound = numpy.frombuffer(quiet(0.5) + say(QUESTION) + quiet(0.5), "<i2") / 32768
    shaped = numpy.tile(soxr.resample(sound, 16_000, rate)[:, None], channels)
    soundfile.write(program.directory / "question.wav", shaped, rate, subtype)

    ran = program("transcribe", "bot.yaml", "question.wav")

    assert (ran.returncode, ran.stdout) == (0, f"{QUESTION}\n")


def test_a_truncated_recording_is_answered_as_far_as_it_goes(program, say, quiet, expected):
    path = program.record("question.wav", quiet(0.5) + say(QUESTION) + quiet(60.0))
    path.write_bytes(path.read_bytes()[: -2 * 16_000 * 60 + 1_001])

    ran = program("run", "bot.yaml", "--input", "question.wav")

    assert ran.returncode == 0
    assert "warning" not in ran.stderr
    assert ran.stdout == f"You: {QUESTION}\nFlint: {expected.answer_to[QUESTION]}\n"


@pytest.mark.parametrize("minutes", [10, pytest.param(60, marks=pytest.mark.slow)])
def test_a_question_after_long_silence_is_answered(program, say, quiet, expected, minutes):
    spoken = say(QUESTION) + quiet(0.5)
    path = program.record("long.wav", b"")
    size = 2 * 16_000 * 60 * minutes
    with path.open("r+b") as file:
        file.truncate(44 + size)  # a hole in the file is silence that takes no space on the disk
        file.seek(0, os.SEEK_END)
        file.write(spoken)
        file.seek(4)
        file.write(struct.pack("<I", 36 + size + len(spoken)))
        file.seek(40)
        file.write(struct.pack("<I", size + len(spoken)))

    ran = program("run", "bot.yaml", "--input", "long.wav")

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == f"You: {QUESTION}\nFlint: {expected.answer_to[QUESTION]}\n"


def test_noise_is_not_answered(program):
    time = numpy.arange(16_000 * 5) / 16_000
    random = numpy.random.default_rng(1)
    hiss = random.normal(0, 0.1, len(time))
    hum = 0.3 * numpy.sin(2 * numpy.pi * 50 * time) + 0.2 * numpy.sin(2 * numpy.pi * 150 * time)
    clicks = (random.random(len(time)) < 0.0005) * 0.9
    sound = numpy.concatenate([hiss, numpy.zeros(16_000), hum, numpy.zeros(16_000), clicks])
    soundfile.write(program.directory / "noise.wav", sound.clip(-1, 1), 16_000)

    ran = program("run", "bot.yaml", "--input", "noise.wav")

    assert (ran.returncode, ran.stdout) == (0, "")
    assert ran.stderr.splitlines()[1:] == ["no speech was recognised in noise.wav"]


@pytest.fixture
def small_disk(tmp_path):
    """A disk with space for a second of speech."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root may mount a small disk, and only on Linux is it known how")
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]
    mounted = subprocess.run(mount, check=False, capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_disk_that_fills_up_is_reported_and_what_fitted_is_kept(program, say, quiet, small_disk):
    program.record("question.wav", quiet(0.3) + say("tell me a long story") + quiet(0.5))
    output = small_disk / "answer.wav"

    ran = program("run", "bot.yaml", "--input", "question.wav", "--output", str(output))

    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1] == f"error: {output}: cannot be written: No space left on device"
    with wave.open(str(output)) as answer:
        assert 10_000 < answer.getnframes() * 2 <= 64 * 1024


def test_a_disk_that_is_too_small_for_speech_is_reported_for_the_file_that_was_named(program, small_disk):
    output = small_disk / "said.wav"

    ran = program("say", "bot.yaml", "what a long story " * 20, "-o", str(output))

    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == f"error: {output}: cannot be written: No space left on device\n"
    assert not list(small_disk.iterdir())


@pytest.mark.slow
def test_an_untrusted_dot_env_runs_no_code(program, quiet):
    evil = program.directory / "evil"
    evil.mkdir()
    (evil / "sitecustomize.py").write_text("open(__file__ + '.ran', 'w')")
    program.write(".env", "PYTHONPATH=evil\n")
    program.environment.pop("PYTHONPATH", None)
    program.record("quiet.wav", quiet(0.2))

    ran = program("transcribe", "bot.yaml", "quiet.wav")

    assert ran.returncode == 0, ran.stderr
    assert not (evil / "sitecustomize.py.ran").exists()


def test_a_full_disk_is_reported_before_anything_is_spoken(program, say):
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    program.record("question.wav", say(QUESTION))

    ran = program("run", "bot.yaml", "--input", "question.wav", "--output", "/dev/full")

    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.splitlines()[1:] == ["error: /dev/full: cannot be written: No space left on device"]
