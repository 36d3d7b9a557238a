"""Lines typed at a terminal, with and without a microphone: input, display, and restoring the terminal."""

from __future__ import annotations

import array
import contextlib
import fcntl
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from rich.cells import cell_len

pty = pytest.importorskip("pty", reason="there are no pseudo terminals here")
import termios  # noqa: E402

UP, LEFT, CTRL_A, CTRL_D, CTRL_Z = "\x1b[A", "\x1b[D", "\x01", "\x04", "\x1a"
PASTE, PASTED = "\x1b[200~", "\x1b[201~"
READY = "\x1b[?2004h"
"""What the line editor writes once it reads keys."""


class Screen:
    """The text on a terminal: interprets the escape sequences that this program uses."""

    SEQUENCE = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])|(.)", re.DOTALL)

    def __init__(self, columns):
        self.columns = columns
        self.rows = [[]]
        self.row = self.column = 0
        self.wraps = True

    def __str__(self):
        return "\n".join("".join(row).rstrip() for row in self.rows)

    def write(self, text):
        for parameters, command, character in self.SEQUENCE.findall(text):
            if command:
                self._command(command, parameters)
            elif character in "\r\n\b":
                self._move(character)
            elif character.isprintable():
                self._put(character)

    def _command(self, command, parameters):
        count = int(parameters) if parameters.isdigit() else 0
        match command:
            case "A":
                self.row = max(0, self.row - max(1, count))
            case "B":
                self.row += max(1, count)
            case "C":
                self.column += max(1, count)
            case "D":
                self.column = max(0, self.column - max(1, count))
            case "J" if count == 0:
                del self._line()[self.column :], self.rows[self.row + 1 :]
            case "K":
                del self._line()[0 if count == 2 else self.column :]
            case "h" | "l" if parameters == "?7":
                self.wraps = command == "h"

    def _move(self, character):
        match character:
            case "\r":
                self.column = 0
            case "\n":
                self.row += 1
            case "\b":
                self.column = max(0, self.column - 1)

    def _put(self, character):
        width = cell_len(character)
        if self.column + width > self.columns and self.wraps:
            self.row, self.column = self.row + 1, 0
        line = self._line()
        line += [" "] * (self.column + width - len(line))
        line[self.column : self.column + width] = [character] + [""] * (width - 1)
        self.column += width

    def _line(self):
        self.rows += [[] for _ in range(self.row + 1 - len(self.rows))]
        return self.rows[self.row]


class Terminal:
    """The user's end of a pseudo terminal, which is the controlling terminal of the program."""

    def __init__(self, columns=80, rows=24):
        self.user, self.program = pty.openpty()
        fcntl.ioctl(self.program, termios.TIOCSWINSZ, array.array("H", [rows, columns, 0, 0]))
        self.received = b""
        self.columns = columns
        self.before = termios.tcgetattr(self.program)

    @property
    def seen(self):
        """The text on the screen and what has scrolled off it."""
        screen = Screen(self.columns)
        screen.write(self.received.decode(errors="replace"))
        return str(screen)

    def reads(self, text, *, times=1, of=None):
        """Wait until a text has appeared so many times."""
        while (self.seen if of is None else self.received.decode(errors="replace")).count(text) < times:
            try:
                self.received += os.read(self.user, 65536)
            except OSError:
                pytest.fail(f"it ended with {self.seen!r}")

    def is_ready(self, *, times=1):
        """Wait until the line editor reads keys."""
        self.reads(READY, times=times, of="raw")

    def drains(self):
        """Read what has been written until nothing more comes."""
        os.set_blocking(self.user, False)
        with contextlib.suppress(BlockingIOError):
            while piece := os.read(self.user, 65536):
                self.received += piece

    def types(self, keys):
        os.write(self.user, keys.encode())

    @property
    def is_restored(self):
        """Return whether the terminal edits and echoes lines as before."""
        return termios.tcgetattr(self.program) == self.before

    @property
    def left(self):
        """Return how many typed bytes are left for the shell to read."""
        waiting = array.array("i", [0])
        # while the terminal edits lines, only whole ones count, so switch that off
        attributes = termios.tcgetattr(self.program)
        attributes[3] &= ~termios.ICANON
        termios.tcsetattr(self.program, termios.TCSANOW, attributes)
        fcntl.ioctl(self.program, termios.FIONREAD, waiting)
        return waiting[0]


@pytest.fixture
def at_terminal(voicebot):
    """Return a function that starts the program on a terminal of its own, in a shell if one is given."""
    started = []

    def start(*arguments, within=(), term="xterm-256color", columns=80, stdout=None):
        terminal = Terminal(columns)
        voicebot.environ["TERM"] = term
        voicebot.environ.pop("COLUMNS", None)

        def take_terminal():
            os.setsid()
            fcntl.ioctl(terminal.program, termios.TIOCSCTTY, 0)

        ends = {
            "stdin": terminal.program,
            "stdout": stdout or terminal.program,
            "stderr": terminal.program,
        }
        context = voicebot.started(*arguments, within=within, preexec_fn=take_terminal, **ends)
        started.append((context, terminal))
        return context.__enter__(), terminal

    yield start
    for context, terminal in started:
        context.__exit__(None, None, None)
        os.close(terminal.user)
        os.close(terminal.program)


@pytest.fixture
def spoken(voicebot):
    """Write the config of a bot whose microphone is silent for longer than a test may take."""
    voicebot.record("silence.wav", 300.0)

    def write(replies="[Fine., Well., Yes., No.]", more=""):
        voicebot.write(
            "spoken.yaml",
            f"device: {{provider: wav, input: silence.wav, pace: realtime}}\n{more}",
            chat=f"replies: {replies}",
        )
        return "spoken.yaml"

    return write


def test_with_a_microphone_a_typed_line_is_a_turn_and_commands_are_executed(at_terminal, spoken):
    process, terminal = at_terminal("run", spoken())
    terminal.is_ready()
    terminal.types("how are you\r")
    terminal.reads("answered after")  # sooner, what is typed next would belong to the same turn
    terminal.types("/mute\r")
    terminal.reads("the microphone is off")
    terminal.reads("(muted) >")
    terminal.types("/nonsense\r")
    terminal.reads("no such command /nonsense; /help shows")
    terminal.types("/help\r")
    terminal.reads("end the conversation at once")
    terminal.types("//quit is a word\r")
    terminal.reads("Parrot: Well.")
    terminal.types("/unmute\r")
    terminal.reads("the microphone is on")
    terminal.types("/quit\r")

    assert process.wait(60) == 0
    terminal.drains()
    assert "You:    how are you" in terminal.seen
    assert "You:    /quit is a word" in terminal.seen
    assert "You:    /nonsense" not in terminal.seen
    assert terminal.is_restored
    assert terminal.left == 0


def test_a_line_can_be_edited_and_earlier_ones_recalled(voicebot, at_terminal):
    voicebot.write("bot.yaml", "", chat="replies: [Fine., Well., Yes.]")
    process, terminal = at_terminal("run", "bot.yaml", "--type")
    terminal.is_ready()
    terminal.types(f"world{CTRL_A}hello \r")
    terminal.reads("answered after")
    terminal.types(f"{UP}{LEFT}\x7f日本\r")
    terminal.reads("answered after", times=2)
    terminal.types(f"{PASTE}a line\nand \x1b[31manother\x07\r\n{PASTED}, pasted\r")
    terminal.reads("Parrot: Yes.")
    terminal.types(f"/mute\r{CTRL_D}")

    assert process.wait(60) == 0
    terminal.drains()
    asked = re.findall(r"You:    (.+)\n", terminal.seen)
    assert asked == [
        "hello world",
        "hello wor日本d",
        "a line and [31manother , pasted",
    ]
    assert "\x07" not in terminal.seen
    assert terminal.is_restored


def test_the_prompt_has_no_colour_with_no_color(voicebot, at_terminal):
    voicebot.environ["NO_COLOR"] = "1"
    process, terminal = at_terminal("run", "scripted.yaml", "--type")
    terminal.is_ready()
    terminal.reads("You:")
    terminal.types(CTRL_D)

    assert process.wait(60) == 0
    terminal.drains()
    assert not re.search(rb"\x1b\[[\d;]*[34]\d[\d;]*m", terminal.received)


def test_output_during_typing_appears_above_the_line(at_terminal, spoken):
    process, terminal = at_terminal("run", spoken(more="greeting: Ahoy."), columns=40)
    terminal.is_ready()
    terminal.reads("Parrot: Ahoy.\nlistening; speak")  # a greeting that is interrupted at once is taken back
    terminal.types("how are you\rhalf a line")
    terminal.reads("answered after")
    terminal.reads("> half a line")
    terminal.reads("listening; speak")
    assert re.sub(r"(?s)answered after .*(?=\nlistening)", "answered after", terminal.seen).endswith(
        "Parrot: Ahoy.\n"
        "You: how are you\n"
        "Parrot: Fine.\n"
        "answered after\n"
        "listening; speak or type a line;\n"
        "/help for commands, Ctrl-C to end\n"
        "> half a line"
    )
    terminal.types(" and the rest\r")
    terminal.reads("answered after", times=2)
    terminal.types(CTRL_D)

    assert process.wait(60) == 0
    terminal.drains()
    assert terminal.seen.count("half a line") == 1
    assert "> " not in terminal.seen


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), pytest.param(signal.SIGINT, 130, marks=pytest.mark.slow)]
)
def test_a_signal_restores_the_terminal_and_leaves_the_shell_no_input(at_terminal, spoken, number, status):
    process, terminal = at_terminal("run", spoken())
    terminal.is_ready()
    terminal.types("half a line")
    terminal.reads("> half a line")
    process.send_signal(signal.SIGSTOP)  # otherwise it might end before the rest is typed
    process.send_signal(number)
    terminal.types(" and\rtouch what-a-shell-would-do\r")
    process.send_signal(signal.SIGCONT)

    assert process.wait(60) == status
    assert terminal.is_restored
    assert terminal.left == 0
    terminal.drains()
    taken, _, after = terminal.received.rpartition(b"\x1b[?2004l")
    assert READY.encode() in taken
    assert READY.encode() not in after
    assert not after.startswith(b"\r\n"), "no ^C was written that a line has to end"


def test_a_program_that_is_abandoned_restores_the_terminal(voicebot, at_terminal, spoken, install_plugin):
    blocking = install_plugin("voicebot-blocking", "voicebot_blocking", BLOCKING)
    voicebot.environ["PYTHONPATH"] += os.pathsep + str(blocking)
    spoken()
    config = voicebot.directory / "spoken.yaml"
    config.write_text(re.sub("chat: .*", "chat: {provider: blocking}", config.read_text()))
    process, terminal = at_terminal("run", "spoken.yaml")
    terminal.is_ready()
    terminal.types("how are you\r")
    terminal.reads("<blocked>")
    while process.poll() is None:  # two that come at the same time would be one
        terminal.types("\x03")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)

    assert process.returncode == 130
    assert terminal.is_restored
    assert terminal.left == 0


BLOCKING = """
import sys
import time
from voicebot import Options, hookimpl
from voicebot.testing import ScriptedChatModel

class Chat(ScriptedChatModel):
    def __init__(self, options):
        super().__init__(["Fine."])

    async def reply(self, request):
        print("<blocked>", file=sys.stderr, flush=True)
        time.sleep(60)
        yield

@hookimpl
def voicebot_register(registry):
    registry.add("blocking", Chat, Options)
"""


def test_suspending_restores_the_terminal_and_resuming_shows_the_line_again(voicebot, at_terminal, spoken):
    command = f"{sys.executable} -m voicebot run {spoken()}"
    process, terminal = at_terminal(
        within=["bash", "-mc", f"{command}; stty -a; echo sus''pended; fg; echo ended $?", "sh"]
    )
    terminal.is_ready()
    terminal.types("how are")
    terminal.reads("> how are")
    terminal.types(CTRL_Z)
    terminal.reads("suspended")
    assert re.search(r"\sicanon\s", terminal.seen)
    assert re.search(r"\secho\s", terminal.seen)
    terminal.is_ready(times=terminal.received.partition(b"suspended")[0].count(READY.encode()) + 1)
    terminal.types(" you\r")
    terminal.reads("Parrot: Fine.")
    terminal.types("/quit\r")
    terminal.reads("ended 0")

    assert process.wait(60) == 0
    assert "You:    how are you" in terminal.seen


@pytest.mark.parametrize(
    "arguments", ["bot.yaml --type", pytest.param("spoken.yaml", marks=pytest.mark.slow)]
)
def test_in_the_background_it_is_not_stopped_and_does_not_touch_the_terminal(
    voicebot, at_terminal, spoken, arguments
):
    spoken(more="greeting: Ahoy.")
    voicebot.write("bot.yaml", "greeting: Ahoy.")
    command = f"{sys.executable} -m voicebot run {arguments}"
    script = f"{command} & read line; echo got $line; jobs; kill %1; wait; echo ended"
    process, terminal = at_terminal(within=["bash", "-mc", script, "sh"])
    terminal.reads("Parrot: Ahoy.")
    terminal.types("for the shell\n")
    terminal.reads("got for the shell")
    terminal.reads("ended")

    assert process.wait(60) == 0
    assert "Running" in terminal.seen
    assert "Stopped" not in terminal.seen
    assert terminal.is_restored


@pytest.mark.parametrize("way", ["dumb", pytest.param("piped", marks=pytest.mark.slow)])
def test_on_a_dumb_terminal_whole_lines_are_read_during_a_spoken_conversation(
    voicebot, at_terminal, spoken, way
):
    output = voicebot.directory / "output.txt"
    with output.open("w") as file:
        stdout = file if way == "piped" else None
        process, terminal = at_terminal(
            "run", spoken(), term="dumb" if way == "dumb" else "xterm", stdout=stdout
        )
        terminal.reads("<listening>")
        terminal.types("how are you\n/mute\n")
        terminal.reads("the microphone is off")
        while way == "piped" and "Fine." not in output.read_text():
            assert process.poll() is None
            time.sleep(0.01)
        if way == "dumb":
            terminal.reads("Parrot: Fine.")
        terminal.types("/quit\nleft over\n")
        assert process.wait(60) == 0

    terminal.drains()
    assert way == "piped" or "\x1b" not in terminal.received.decode()
    dialogue = output.read_text() if way == "piped" else terminal.seen
    assert "You: how are you\nParrot: Fine.\n" in dialogue
    assert terminal.is_restored
    assert terminal.left == 0


def test_commands_from_a_pipe_are_executed_in_order(voicebot):
    voicebot.write("bot.yaml", "", chat="replies: [Fine., Well., Yes.]")
    ran = voicebot("run", "bot.yaml", "--type", stdin="hello\n/nonsense\n//x\n/help\n/quit\nmore\n")

    assert ran.returncode == 0
    assert ran.stdout == "You: hello\nParrot: Fine.\nYou: /x\nParrot: Well.\n"
    assert "no such command /nonsense" in ran.stderr
    assert "/mute" in ran.stderr


def test_with_a_microphone_and_no_terminal_standard_input_is_not_read(voicebot, spoken):
    voicebot.write("call.yaml", "device: {provider: telephone, frames: 200}")
    ran = voicebot("run", "call.yaml", stdin="hello\n/quit\n")

    assert (ran.returncode, ran.stdout) == (0, "")
