"""Ctrl-C: once, at any stage, and the program ends quickly, politely, with nothing left broken."""

from __future__ import annotations

import signal
import sys
import wave

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process alone")


def interrupted(voicebot, stage, *arguments):
    """Run until a stage is told, press Ctrl-C, and return what came of it."""
    with voicebot.started(*arguments) as process:
        while (line := process.stderr.readline()) != f"<{stage}>\n":
            assert line, f"it ended before {stage}"
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    assert "Traceback" not in stderr
    return process.returncode, stdout, [line for line in stderr.splitlines() if not line.startswith("<")]


def test_while_a_provider_is_loading(voicebot):
    voicebot.write("bot.yaml", "", chat="start: waits")

    assert interrupted(voicebot, "starting", "run", "bot.yaml", "--type") == (130, "", [])


@pytest.mark.parametrize("start", ["blocks", "ignores"])
def test_while_a_provider_that_does_not_let_itself_be_stopped_is_loading(voicebot, start):
    voicebot.write("bot.yaml", "start_timeout: 100", chat=f"start: {start}")

    status, stdout, stderr = interrupted(voicebot, "starting", "run", "bot.yaml", "--type")

    assert (status, stdout) == (130, "")
    assert stderr == ["error: something did not stop within 3 s and was left behind"]


def test_while_it_listens(voicebot):
    voicebot.record("long.wav", 600.0)
    voicebot.write("live.yaml", "device: {provider: wav, input: long.wav, pace: realtime}")

    assert interrupted(voicebot, "listening", "run", "live.yaml") == (130, "", [])


def test_while_lines_are_typed(voicebot):
    with voicebot.started("run", "scripted.yaml", "--type") as process:
        process.stdin.write("hello\n")
        process.stdin.flush()
        assert [process.stdout.readline() for _ in range(2)] == ["You: hello\n", "Parrot: All right.\n"]
        process.send_signal(signal.SIGINT)

        assert process.wait(60) == 130
        assert "Traceback" not in process.stderr.read()


def test_while_it_speaks_what_was_heard_is_shown_and_the_file_is_whole(voicebot):
    voicebot.record("question.wav", "talk to me", 600.0)
    tale = "I speak and " * 400
    voicebot.write(
        "live.yaml",
        "device: {provider: wav, input: question.wav, output: answer.wav, pace: realtime}\n"
        "turns: {prepare: off}",
        chat=f"replies: ['{tale}']",
    )

    status, stdout, stderr = interrupted(voicebot, "speaking", "run", "live.yaml")

    assert (status, stderr) == (130, [])
    lines = stdout.splitlines()
    assert lines[0] == "You: talk to me"
    assert all(line.endswith(" [interrupted]") for line in lines[1:])
    with wave.open(str(voicebot.directory / "answer.wav")) as answer:
        assert answer.getframerate() == 24_000


def test_while_a_recording_is_transcribed(voicebot):
    voicebot.record("long.wav", 3600.0)

    assert interrupted(voicebot, "listening", "transcribe", "scripted.yaml", "long.wav") == (130, "", [])


def test_while_a_provider_is_tried(voicebot):
    voicebot.write("bot.yaml", "", chat="start: waits")

    status, stdout, stderr = interrupted(voicebot, "starting", "check", "bot.yaml", "--connect")

    assert (status, stderr) == (130, [])
    assert [line.split()[0] for line in stdout.splitlines()] == ["bot.yaml:", "recognizer"]


def test_where_ctrl_c_is_ignored_it_stays_ignored(voicebot):
    """A shell starts what runs in its background so."""
    ignored = voicebot.started(
        "run", "scripted.yaml", "--type", preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)
    )
    with ignored as process:
        assert process.stderr.readline() == "<starting>\n"
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate("hello\n", timeout=60)

    assert (process.returncode, stdout, stderr) == (0, "You: hello\nParrot: All right.\n", "")
