"""Ctrl-C and SIGKILL with real providers: a quick end without a traceback, and nothing left behind."""

from __future__ import annotations

import os
import signal
import sys
import time
import wave

import psutil
import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as on POSIX")
TRIES = 400


def children(process):
    return psutil.Process(process.pid).children(recursive=True)


def wait_for(condition):
    """Poll, because nothing reports the start or end of another program's process."""
    for _ in range(TRIES):
        if found := condition():
            return found
        time.sleep(0.05)
    return pytest.fail("it did not come about")


def all_gone(processes):
    return lambda: all(not p.is_running() or p.status() == psutil.STATUS_ZOMBIE for p in processes)


def ctrl_c(process):
    """Press Ctrl-C; return the program's child processes, its exit status and its output."""
    at_work = children(process)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert "Traceback" not in stderr
    assert "abandoned" not in stderr
    assert not any(worker.is_running() for worker in at_work)
    return process.returncode, stdout


@pytest.fixture
def live(program, say, quiet):
    """A bot that hears a question and then a minute of silence, in real time."""
    program.record("live.wav", quiet(0.3) + say("tell me a long story") + quiet(60.0))
    program.write(
        "live.yaml",
        "extends: bot.yaml\ndevice: {provider: wav, input: live.wav, output: answer.wav, pace: realtime}\n",
    )
    return program


def test_ctrl_c_while_the_recogniser_loads(live):
    with live.started("run", "live.yaml") as process:
        wait_for(lambda: children(process))

        assert ctrl_c(process) == (130, "")


def test_ctrl_c_while_it_listens(live):
    with live.started("run", "live.yaml") as process:
        wait_for((live.directory / "answer.wav").exists)

        status, _ = ctrl_c(process)
        assert status == 130


def test_ctrl_c_while_it_speaks_keeps_what_was_spoken(live, expected):
    answer = live.directory / "answer.wav"
    with live.started("run", "live.yaml") as process:
        wait_for(lambda: answer.exists() and answer.stat().st_size > 48_000)

        status, stdout = ctrl_c(process)

    assert status == 130
    question, tale = stdout.splitlines()
    assert question == "You: tell me a long story"
    assert tale.endswith(" [interrupted]")
    assert expected.tale.startswith(tale.removeprefix("Flint: ").removesuffix(" [interrupted]"))
    with wave.open(str(answer)) as recording:
        frames = recording.readframes(recording.getnframes())
    assert len(frames) == answer.stat().st_size - 44 > 40_000
    assert any(frames)


def test_ctrl_c_while_a_recording_is_transcribed(program, say, quiet):
    program.record("long.wav", (say("where is the treasure") + quiet(1.5)) * 200)

    with program.started("transcribe", "bot.yaml", "long.wav") as process:
        assert process.stdout.readline() == "where is the treasure\n"
        status, stdout = ctrl_c(process)

    assert status == 130
    assert stdout.count("\n") < 199


def test_ctrl_c_while_a_text_is_spoken(program, expected):
    program.write(
        "say.yaml", "extends: bot.yaml\ndevice: {provider: wav, output: said.wav, pace: realtime}\n"
    )
    said = program.directory / "said.wav"
    with program.started("say", "say.yaml", expected.tale) as process:
        wait_for(lambda: said.exists() and said.stat().st_size > 24_000)

        assert ctrl_c(process) == (130, "")

    with wave.open(str(said)) as recording:
        assert recording.getnframes() > 10_000


@pytest.mark.parametrize("stage", ["loading", "speaking"])
def test_a_program_that_is_killed_leaves_no_process_behind(live, stage):
    answer = live.directory / "answer.wav"
    with live.started("run", "live.yaml") as process:
        if stage == "loading":
            wait_for(lambda: children(process))
        else:
            wait_for(lambda: answer.exists() and answer.stat().st_size > 48_000)
        at_work = children(process)
        assert at_work
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

        wait_for(all_gone(at_work))

    if stage == "speaking":
        with wave.open(str(answer)) as recording:
            assert recording.getnframes() * 2 + 44 <= answer.stat().st_size
