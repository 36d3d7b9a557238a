"""Ctrl-C, SIGTERM and SIGHUP at any stage: the program ends quickly and cleanly."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import wave

import psutil
import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process alone")
CTRL_C, TERMINATED, HUNG_UP = signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", None)


USUAL = ("<", "Loading Parrot", "listening", "1 turn", "2 turns")
"""Lines that are always on stderr."""


def reach(process, stage):
    while (line := process.stderr.readline()) != f"<{stage}>\n":
        assert line, f"it ended before {stage}"


def interrupted(voicebot, stage, *arguments, by=(CTRL_C,)):
    """Run until a stage is reported, send signals, and return the result."""
    with voicebot.started(*arguments) as process:
        reach(process, stage)
        for number in by:
            process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
    assert "Traceback" not in stderr
    return process.returncode, stdout, [line for line in stderr.splitlines() if not line.startswith(USUAL)]


def test_ctrl_c_while_a_provider_is_loading(voicebot):
    voicebot.write("bot.yaml", "", chat="start: waits")

    assert interrupted(voicebot, "starting", "run", "bot.yaml", "--type") == (130, "", [])


@pytest.mark.parametrize("start", ["blocks", "ignores"])
def test_ctrl_c_while_a_provider_that_cannot_be_stopped_is_loading(voicebot, start):
    voicebot.write("bot.yaml", "start_timeout: 100", chat=f"start: {start}")

    status, stdout, stderr = interrupted(voicebot, "starting", "run", "bot.yaml", "--type")

    assert (status, stdout) == (130, "")
    assert stderr == ["error: something did not stop within 3 s and was abandoned"]


def test_while_it_listens(voicebot):
    voicebot.record("long.wav", 600.0)
    voicebot.write("live.yaml", "device: {provider: wav, input: long.wav, pace: realtime}")

    assert interrupted(voicebot, "listening", "run", "live.yaml") == (130, "", [])


def test_ctrl_c_while_lines_are_typed(voicebot):
    with voicebot.started("run", "scripted.yaml", "--type") as process:
        process.stdin.write("hello\n")
        process.stdin.flush()
        assert [process.stdout.readline() for _ in range(2)] == ["You: hello\n", "Parrot: All right.\n"]
        process.send_signal(signal.SIGINT)

        assert process.wait(60) == 130
        assert "Traceback" not in process.stderr.read()


def test_ctrl_c_while_it_speaks_shows_what_was_heard_and_leaves_a_complete_file(voicebot):
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


def test_ctrl_c_while_a_recording_is_transcribed(voicebot):
    voicebot.record("long.wav", 3600.0)

    assert interrupted(voicebot, "listening", "transcribe", "scripted.yaml", "long.wav") == (130, "", [])


def test_ctrl_c_while_a_provider_is_tried(voicebot):
    voicebot.write("bot.yaml", "", chat="start: waits")

    status, stdout, stderr = interrupted(voicebot, "starting", "check", "bot.yaml", "--connect")

    assert (status, stdout, stderr) == (130, "", [])


def test_an_ignored_ctrl_c_stays_ignored(voicebot):
    """Shells start background jobs this way."""
    ignored = voicebot.started(
        "run", "scripted.yaml", "--type", preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)
    )
    with ignored as process:
        reach(process, "starting")
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate("hello\n", timeout=60)

    assert (process.returncode, stdout) == (0, "You: hello\nParrot: All right.\n")
    assert stderr.startswith("1 turn, answered after ")


@pytest.mark.parametrize(
    ("number", "status"), [(TERMINATED, 143), pytest.param(HUNG_UP, 129, marks=pytest.mark.slow)]
)
def test_sigterm_and_sighup_end_a_conversation_as_ctrl_c_does_and_all_files_are_complete(
    voicebot, number, status
):
    voicebot.record("question.wav", "hello", 2.0, "talk to me", 600.0)
    voicebot.write(
        "live.yaml",
        "device: {provider: wav, input: question.wav, output: answer.wav, pace: realtime}\n"
        "observers: [{provider: transcript, file: talk.jsonl}]\n"
        "turns: {prepare: off}",
        chat=f"replies: ['Good day.', '{'I speak and ' * 400}']",
    )

    ended = interrupted(voicebot, "speaking", "run", "live.yaml", "--metrics", "turns.jsonl", by=[number])

    assert (ended[0], ended[2]) == (status, [])
    assert ended[1].splitlines()[:3] == ["You: hello", "Parrot: Good day.", "You: talk to me"]
    turns = [json.loads(line) for line in (voicebot.directory / "turns.jsonl").read_text().splitlines()]
    assert [turn["turn"] for turn in turns] == [1, 2]
    assert turns[1]["interrupted"]
    written = [json.loads(line) for line in (voicebot.directory / "talk.jsonl").read_text().splitlines()]
    assert [line["text"] for line in written if line["kind"] == "user"] == ["hello", "talk to me"]
    assert written[-1]["kind"] == "end"
    with wave.open(str(voicebot.directory / "answer.wav")) as answer:
        assert answer.getnframes() > 0


def test_a_second_ctrl_c_ends_a_program_that_cannot_be_stopped_at_once(voicebot):
    voicebot.write("bot.yaml", "start_timeout: 100", chat="start: ignores")
    with voicebot.started("run", "bot.yaml", "--type") as process:
        reach(process, "starting")
        process.send_signal(CTRL_C)
        reach(process, "ignored")
        process.send_signal(CTRL_C)

        assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 130


def test_a_second_sighup_does_not_cut_the_shutdown_short(voicebot):
    voicebot.write("bot.yaml", "", chat="start: waits")

    ended = interrupted(voicebot, "starting", "run", "bot.yaml", "--type", by=[HUNG_UP, HUNG_UP, TERMINATED])

    assert ended == (129, "", [])


def test_sigterm_while_modules_are_imported(voicebot):
    (voicebot.installed / "late").mkdir(exist_ok=True)
    (voicebot.installed / "late" / "click.py").write_text(
        "import sys, time\nprint('<importing>', file=sys.stderr, flush=True)\ntime.sleep(60)\n"
    )
    voicebot.environ["PYTHONPATH"] = str(voicebot.installed / "late")
    with voicebot.started("check", "scripted.yaml") as process:
        reach(process, "importing")
        process.send_signal(TERMINATED)

        assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 143


IMPORT_THAT_IGNORES_EXCEPTIONS = """
import contextlib, sys, time

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "voicebot.cli.conversation.session":
            print("<importing>", file=sys.stderr, flush=True)
            with contextlib.suppress(BaseException):
                time.sleep(60)

sys.meta_path.insert(0, Finder())
"""


def test_while_the_engine_is_imported(voicebot):
    (voicebot.directory / "site").mkdir()
    (voicebot.directory / "site" / "sitecustomize.py").write_text(IMPORT_THAT_IGNORES_EXCEPTIONS)
    voicebot.environ["PYTHONPATH"] += f":{voicebot.directory / 'site'}"

    assert interrupted(voicebot, "importing", "run", "scripted.yaml", "--type") == (130, "", [])


@pytest.mark.slow
def test_a_program_that_ignores_ctrl_c_can_be_terminated(voicebot):
    ignoring = voicebot.started(
        "run", "scripted.yaml", "--type", preexec_fn=lambda: signal.signal(CTRL_C, signal.SIG_IGN)
    )
    with ignoring as process:
        reach(process, "starting")
        process.send_signal(CTRL_C)
        process.send_signal(TERMINATED)

        assert process.wait(60) == 143


@pytest.mark.slow
def test_ctrl_c_as_process_1_of_a_container(voicebot):
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rpf", "true"], check=False).returncode:
        pytest.skip("this system cannot create containers")
    voicebot.write("bot.yaml", "", chat="start: waits")
    with voicebot.started("run", "bot.yaml", "--type", within=["unshare", "-rpf"]) as process:
        reach(process, "starting")
        (contained,) = psutil.Process(process.pid).children()
        contained.send_signal(TERMINATED)

        assert process.wait(60) == 143


@pytest.mark.slow
@pytest.mark.parametrize(("number", "status"), [(CTRL_C, 130), (TERMINATED, 143)])
def test_ctrl_c_while_its_output_is_not_read(voicebot, number, status):
    voicebot.write("bot.yaml", "", chat=f"replies: ['{'So many words. ' * 6_000}']")
    with voicebot.started("run", "bot.yaml", "--type") as process:
        process.stdin.write("hello\n")
        process.stdin.flush()
        assert process.stdout.readline() == "You: hello\n"
        assert process.stdout.read(1) == "P"
        process.send_signal(number)

        assert process.wait(60) == status
