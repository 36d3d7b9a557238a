"""Standard output or files that cannot be written: one line, no traceback, and the conversation goes on."""

from __future__ import annotations

import os
import wave
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
FULL = "standard output: cannot be written: No space left on device"
CLOSED = "standard output: cannot be written: Bad file descriptor"
TOO_LONG = "n" * 300
USUAL = ("<", "Loading Parrot", "2 turns")
"""Lines that are always on stderr."""


def run(voicebot, *arguments, close=(), stdout=None):
    """Run with stdout going to a full disk, or with streams closed; return exit status and stderr."""
    options = {"preexec_fn": lambda: [os.close(number) for number in close]} if close else {}
    with (
        open("/dev/full", "w") as full,
        voicebot.started(*arguments, stdout=stdout or full, **options) as process,
    ):
        _, stderr = process.communicate("hello\n", timeout=60)
    return process.returncode, [line for line in stderr.splitlines() if not line.startswith(USUAL)]


@pytest.mark.parametrize(
    "arguments",
    [
        ["plugins"],
        *(
            pytest.param(arguments.split(), marks=pytest.mark.slow)
            for arguments in (
                "--help",
                "check scripted.yaml",
                "check scripted.yaml --json",
                "check-plugin silence",
                "devices --json",
                "init new",
                "new-plugin voicebot-tones --kind observer",
                "options silero",
                "schema",
                "transcribe scripted.yaml question.wav",
                "run scripted.yaml --type",
            )
        ),
    ],
    ids=" ".join,
)
def test_unwritable_output_is_reported_in_one_line(voicebot, arguments):
    voicebot.record("question.wav", "hello", 2.0)

    assert run(voicebot, *arguments) == (1, [f"error: {FULL}"])


def test_closed_output_is_reported_in_one_line(voicebot):
    assert run(voicebot, "--help", close=[1]) == (1, [f"error: {CLOSED}"])


@pytest.mark.slow
def test_with_all_streams_closed_nothing_else_is_written_to_a_file(voicebot):
    assert run(voicebot, "say", "scripted.yaml", "Hello.", "-o", "said.wav", close=[0, 1, 2]) == (0, [])

    with wave.open(str(voicebot.directory / "said.wav")) as said:
        assert said.getnframes() > 0
        assert said.getnframes() * 2 + 44 == (voicebot.directory / "said.wav").stat().st_size


def test_a_spoken_conversation_goes_on_without_output_or_metrics(voicebot):
    voicebot.record("questions.wav", "hello", 2.0, "and again", 2.0)
    voicebot.write("bot.yaml", "observers: [{provider: transcript, file: talk.md}]\n")

    status, stderr = run(voicebot, "run", "bot.yaml", "--input", "questions.wav", "--metrics", "/dev/full")

    assert status == 1
    assert sorted(stderr) == [
        f"error: {FULL}; the conversation goes on without being shown",
        "warning: /dev/full: cannot be written: No space left on device; "
        "this conversation's metrics end here",
    ]
    assert "and again" in (voicebot.directory / "talk.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["check", TOO_LONG], 2, f"{TOO_LONG}:1:1: the file cannot be read: File name too long"),
        *(
            pytest.param([*arguments.split(), TOO_LONG], 1, told, marks=pytest.mark.slow)
            for arguments, told in {
                "init": f"error: cannot write into {TOO_LONG}: File name too long",
                "schema --output": f"error: cannot write {TOO_LONG}: File name too long",
                "say scripted.yaml hello -o": f"error: {TOO_LONG}: File name too long",
                "new-plugin voicebot-tones --kind observer --folder": (
                    f"error: cannot write {TOO_LONG}: File name too long; nothing was written"
                ),
                "run scripted.yaml --metrics": f"error: cannot write {TOO_LONG}: File name too long",
            }.items()
        ),
    ],
    ids=lambda value: " ".join(value[:-1]) if isinstance(value, list) else "",
)
def test_a_file_name_that_is_too_long_is_reported_in_one_line(voicebot, arguments, status, told):
    ran = voicebot(*arguments)

    assert (ran.returncode, ran.stdout, ran.stderr) == (status, "", f"{told}\n")
