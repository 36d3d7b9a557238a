"""The program on a pseudo terminal."""

from __future__ import annotations

import os
import re
import signal

import pytest

pty = pytest.importorskip("pty", reason="there are no pseudo terminals here")


class Terminal:
    """The user's end of a pseudo terminal."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.received = b""

    @property
    def seen(self):
        """What was written, without escape sequences."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.received.decode(errors="replace"))

    def read_until(self, text):
        while text not in self.seen:
            assert self._read(), f"it ended with {self.seen!r}"

    def read_all(self):
        while self._read():
            pass
        return self.seen

    def types(self, keys):
        os.write(self.descriptor, keys.encode())

    def _read(self):
        try:
            read = os.read(self.descriptor, 65536)
        except OSError:  # Linux: the other end is closed
            read = b""
        self.received += read
        return read


@pytest.fixture
def on_terminal(voicebot):
    """Return a function that starts the program on a terminal."""
    processes = []

    def start(*arguments):
        user, program = pty.openpty()
        voicebot.environ["TERM"] = "xterm-256color"
        started = voicebot.started(*arguments, stdin=program, stdout=program, stderr=program)
        processes.append((started, user))
        process = started.__enter__()
        os.close(program)
        return process, Terminal(user)

    yield start
    for started, user in processes:
        started.__exit__(None, None, None)
        os.close(user)


def test_a_typed_conversation_is_shown(voicebot, on_terminal):
    voicebot.write("bot.yaml", "greeting: Ahoy.", chat="replies: [Fine.]")
    process, terminal = on_terminal("run", "bot.yaml", "--type")
    terminal.read_until("Parrot: Ahoy.\r\nYou: ")
    terminal.types("how are you\n")
    terminal.read_until("Parrot: Fine.")
    terminal.types("\x04")

    seen = terminal.read_all()
    assert process.wait(60) == 0
    assert "Loading Parrot (scripted)" in seen
    assert re.search(r"how are you\r\nParrot: Fine\.\r\n", seen)
    assert "answered after " in seen


def test_ctrl_c_at_the_prompt_ends_it(on_terminal):
    process, terminal = on_terminal("run", "scripted.yaml", "--type")
    terminal.read_until("You: ")
    process.send_signal(signal.SIGINT)  # the test is not a session leader, so typing ^C would send nothing

    assert terminal.read_all().endswith("\r\nYou: ")
    assert process.wait(60) == 130


def test_ctrl_c_during_loading_restores_the_cursor(voicebot, on_terminal):
    voicebot.write("bot.yaml", "", chat="start: waits")
    process, terminal = on_terminal("run", "bot.yaml", "--type")
    terminal.read_until("<starting>")
    process.send_signal(signal.SIGINT)

    assert "Traceback" not in terminal.read_all()
    assert process.wait(60) == 130
    assert terminal.received.rindex(b"\x1b[?25h") > terminal.received.rindex(b"\x1b[?25l")


def test_a_recording_is_shown_while_it_is_heard(voicebot, on_terminal):
    voicebot.record("question.wav", "how are you today", 1.5)
    process, terminal = on_terminal("run", "scripted.yaml", "--input", "question.wav")

    seen = terminal.read_all()
    assert process.wait(60) == 0
    assert "Loading Parrot (scripted)" in seen
    assert "You:    how are you" in seen
    assert "Parrot: All right." in seen
    assert "(waiting for you to finish 0.80" in seen


def test_listings_are_tables(on_terminal):
    process, terminal = on_terminal("plugins")

    seen = terminal.read_all()
    assert process.wait(60) == 0
    assert re.search(r"scripted +voicebot-scripted +1\.2 +chat +scripted", seen)
    assert "━" in seen or "─" in seen


def test_a_long_error_is_wrapped_but_commands_in_it_are_not(voicebot, on_terminal):
    reason = "it is not at home today and nobody knows when it will be, so: pip install 'another[chat-model]'"
    voicebot.write("bot.yaml", "device: {provider: telephone}", chat=f'fails: "{reason}"')
    voicebot.environ["COLUMNS"] = "80"
    process, terminal = on_terminal("check", "bot.yaml", "--connect")

    seen = terminal.read_all()
    assert process.wait(60) == 1
    assert (
        "error: bot.yaml: chat: it is not at home today and nobody knows when it will be,\r\n"
        "    so: pip install 'another[chat-model]'\r\n"
    ) in seen


def test_a_long_recording_shows_its_progress(voicebot, on_terminal):
    voicebot.record("talk.wav", "good morning", 30.0, "good night", 1.0)
    process, terminal = on_terminal("transcribe", "scripted.yaml", "talk.wav")

    seen = terminal.read_all()
    assert process.wait(60) == 0
    assert "listening to talk.wav" in seen
    assert "good morning" in seen
    assert "good night" in seen
