"""Narrow terminals, and terminals without cursor movement."""

from __future__ import annotations

import contextlib
import io
import os
import re
import struct
import subprocess
import sys
import threading

import pytest

from voicebot.cli.output import wrapping
from voicebot.cli.output.printing import columns

pty = pytest.importorskip("pty", reason="there are no pseudo terminals here")
import fcntl  # noqa: E402
import termios  # noqa: E402

DRIVER = """
import sys
from voicebot.cli.main import run
for number, arguments in enumerate({commands!r}):
    sys.argv = ["voicebot", *arguments]
    print("<%d>" % number, flush=True)
    run()
print("<end>", flush=True)
"""
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COMMANDS = [
    ["--help"],
    ["run", "--help"],
    ["run", "--nope"],
    ["check", "scripted.yaml"],
    ["check", "scripted.yaml", "--connect"],
    ["check", "wrong.yaml"],
    ["plugins"],
    ["devices"],
    ["voices", "choir.yaml"],
    ["options", "choir"],
    ["options", "wav"],
    ["init", "new"],
    ["models", "--search", "choir/"],
    ["doctor", "scripted.yaml", "--no-sound"],
    ["run", "scripted.yaml", "--input", "question.wav"],
]


@pytest.fixture
def on_terminal(voicebot):
    """Return a function that runs commands on a terminal and returns the output of each."""
    voicebot.record("question.wav", "how are you today", 1.5)
    voicebot.write("choir.yaml", "synthesizer: {provider: choir}")
    voicebot.write("wrong.yaml", "turns: {patience: quik, a_long_word_that_is_none: 1}")

    def run(columns, term, commands, **environ):
        user, program = pty.openpty()
        received: list[bytes] = []

        def read() -> None:
            with contextlib.suppress(OSError):  # Linux: the other end is closed
                while piece := os.read(user, 65536):
                    received.append(piece)

        reading = threading.Thread(target=read)
        reading.start()
        try:
            subprocess.run(
                [sys.executable, "-c", DRIVER.format(commands=commands)],
                cwd=voicebot.directory,
                env=voicebot.environ | {"TERM": term, "COLUMNS": str(columns)} | environ,
                stdin=program,
                stdout=program,
                stderr=program,
                timeout=120,
                check=False,
            )
        finally:
            os.close(program)
            reading.join()
            os.close(user)
        written = b"".join(received).decode().replace("\r\n", "\n")
        assert "<end>\n" in written, written
        return re.split(r"<\d+>\n|<end>\n", written)[1:-1]

    return run


def test_in_40_columns_lines_fit_and_no_word_is_broken(on_terminal):
    shown = on_terminal(40, "xterm-256color", COMMANDS[:-1])

    for command, written in zip(COMMANDS, shown, strict=False):
        lines = CONTROL.sub("", written).splitlines()
        assert [line for line in lines if len(line) > 40] == [], command
    assert "\nAnna\n  languages: en-US\n  gender: female\n  description: calm\n" in CONTROL.sub("", shown[8])
    assert "  device\n    sound-card  voicebot-framework\n" in CONTROL.sub("", shown[3])


@pytest.mark.slow
def test_in_20_columns_everything_still_works(on_terminal):
    for written in on_terminal(20, "xterm-256color", COMMANDS):
        assert "Traceback" not in written
        assert written.strip()


def test_a_dumb_terminal_gets_progress_as_plain_lines(on_terminal):
    talk, plugins = on_terminal(
        60, "dumb", [["run", "scripted.yaml", "--input", "question.wav"], ["plugins"]]
    )

    assert "\x1b" not in talk + plugins
    assert "\r" not in talk + plugins
    assert talk.startswith("Loading Parrot (scripted)\n")
    assert "You: how are you today\nParrot: All right.\n1 turn, answered after " in talk


def test_piped_progress_of_a_long_recording_is_a_line_for_each_tenth(voicebot):
    voicebot.record("talk.wav", "good morning", 30.0, "good night", 1.0)

    ran = voicebot("transcribe", "scripted.yaml", "talk.wav")

    assert ran.stdout == "good morning\ngood night\n"
    messages = [line for line in ran.stderr.splitlines() if line.startswith("listening")]
    assert messages[0] == "listening to talk.wav: 10 %"
    assert len(messages) in (9, 10)
    assert "\r" not in ran.stderr


def test_no_color_is_respected(on_terminal):
    [checked] = on_terminal(80, "xterm-256color", [["check", "scripted.yaml"]], NO_COLOR="1")

    assert "scripted.yaml: ok\n" in checked
    assert "\x1b" not in checked


def test_each_stream_has_the_width_of_its_own_terminal(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    users, programs = zip(*(pty.openpty() for _ in range(3)), strict=True)
    try:
        for terminal, width in zip(programs, (40, 70), strict=False):
            fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        with open(programs[0], "w") as narrow, open(programs[1], "w") as wide, open(programs[2], "w") as odd:
            for out, err, widths in (
                (wide, narrow, (70, 40)),
                (narrow, wide, (40, 70)),
                (io.StringIO(), narrow, (None, 40)),
                (odd, narrow, (80, 40)),
            ):
                monkeypatch.setattr(sys, "stdout", out)
                monkeypatch.setattr(sys, "stderr", err)
                assert (columns(), columns(err=True)) == widths
            monkeypatch.setenv("COLUMNS", "55")
            assert columns() == columns(err=True) == 55
    finally:
        monkeypatch.undo()
        for terminal in users:
            os.close(terminal)


@pytest.mark.parametrize(
    "command",
    [
        "pip install azure-cognitiveservices-speech",
        "pip install -U azure-cognitiveservices-speech",
        "pip install --upgrade 'voicebot-framework[azure]' onnxruntime",
        "pip install -e '/home/me/voicebot[aec]'",
        "/home/me/.venv/bin/python -m pip install -e '/home/me/voicebot[aec]'",
        "'/home/my self/.venv/bin/python' -m pip uninstall voicebot-tones",
        "pip uninstall voicebot-tones",
        "apt-get install libssl3 libuuid1 ca-certificates",
        "`ollama pull llama3.2`",
    ],
)
@pytest.mark.parametrize("after", ["", ". Until then, answers wait", ", or do without", "; see there"])
def test_no_command_is_broken_wherever_it_appears(monkeypatch, command, after):
    monkeypatch.setattr(wrapping, "columns", lambda *, err: 60)

    for before in ("this needs a package: ", "a library of the system is not there, so run: ", "run "):
        lines = wrapping.wrapped(f"{before}{command}{after}").split("\n")

        assert [line for line in lines if command in line], lines
        assert " ".join(line.strip() for line in lines) == f"{before}{command}{after}"
        assert [line for line in lines if len(line) > 60 and command not in line] == []
