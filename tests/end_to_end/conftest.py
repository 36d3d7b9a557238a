"""Complete programs with a real recogniser and a real voice, each in a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.forking import LONGEST, ForkServer, command

RATE = 16_000

# pocketsphinx understands espeak badly, but it can tell these sentences apart as a whole.
ANSWERS = {
    "what is the weather in paris": "There will be rain in Paris.",
    "where is the treasure": "The treasure is under the old palm tree.",
    "tell me about the sea": "I was born in a storm on a Thursday.",
    "what is for dinner": "Fish soup and biscuit again.",
    "tell me about your ship": "My ship is called Marigold.",
    "turn on the living room lamp": "Nobody has seen the doctor today.",
}
TALE = "Once there was a sailor who had a boat, " + "and the boat had a sail, " * 30
"""A sentence that takes a minute, to be interrupted."""
RULES = "".join(f"    - {{patterns: [{q}], answers: ['{a}']}}\n" for q, a in ANSWERS.items())
BOT = f"""\
name: Flint
recognizer: {{provider: pocketsphinx}}
synthesizer: {{provider: espeak, rate: 150}}
chat:
  provider: script
  rules:
{RULES}    - {{patterns: [tell me a long story], answers: ['{TALE}']}}
  default: [Pardon.]
"""
# Knows what the bot may answer, but not what it may be asked.
LISTENER = (
    f"""\
recognizer: {{provider: pocketsphinx, vocabulary: phrases}}
synthesizer: {{provider: espeak}}
chat: {{provider: script, rules: [], default: [nothing]}}
phrases: {[answer.lower().rstrip(".") for answer in ANSWERS.values()]}
"""
    ""
)


class Program:
    """Runs `voicebot` in a directory of its own, in which `bot.yaml` is a bot that needs no network."""

    def __init__(self, directory: Path, server: ForkServer | None) -> None:
        self.directory = directory
        self.server = server
        self.environment = {n: value for n, value in os.environ.items() if not n.startswith("PYTHON")}
        self.environment |= {"COLUMNS": "100", "XDG_RUNTIME_DIR": str(directory)}
        self.write("bot.yaml", BOT)
        self.write("listener.yaml", LISTENER)

    def write(self, name: str, text: str) -> Path:
        path = self.directory / name
        path.write_text(text)
        return path

    def record(self, name: str, audio: bytes) -> Path:
        """Write s16le mono of 16 kHz into a WAV file."""
        path = self.directory / name
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(audio)
        return path

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run to the end."""
        with self.started(*arguments) as process:
            output, errors = process.communicate(timeout=LONGEST)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    @contextmanager
    def started(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Run while the test does, as the leader of a process group; kill what is left at the end."""
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        options = pipes | {"start_new_session": True}
        with command(self.server, arguments, self.directory, self.environment, **options) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGKILL)

    @contextmanager
    def emulating(self, *arguments: str) -> Iterator[str]:
        """Run Azure's emulator while the test does, and point the program to it; yield its address."""
        with self.started("emulate", "azure", "--port", "0", *arguments) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("# Faults"):
                    break
                name, equals, value = line.strip().partition("=")
                if equals and not line.startswith("#"):
                    self.environment[name] = value
            yield self.environment["OPENAI_ENDPOINT"]

    def answers(self, recording: str) -> list[str]:
        """Return what is recognised of the bot's speech in a recording."""
        ran = self("transcribe", "listener.yaml", recording)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.splitlines()


@pytest.fixture
def program(tmp_path: Path, fork_server: ForkServer | None) -> Program:
    """Return `voicebot` as a program."""
    return Program(tmp_path, fork_server)


@pytest.fixture(scope="session")
def say(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., bytes]:
    """Return a function that speaks a text with one of flite's voices: s16le mono at 16 kHz."""
    if shutil.which("flite") is None:
        pytest.skip("flite makes the test speech: apt-get install flite")
    folder = tmp_path_factory.mktemp("speech")

    @cache
    def speech(text: str, voice: str = "rms") -> bytes:
        path = folder / "speech.wav"
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True)
        with wave.open(str(path)) as recording:
            assert recording.getparams()[:3] == (1, 2, RATE)
            return recording.readframes(recording.getnframes())

    return speech


@pytest.fixture(scope="session")
def quiet() -> Callable[[float], bytes]:
    """Return a function that makes some seconds of silence: s16le mono at 16 kHz."""
    return lambda seconds: bytes(2 * round(RATE * seconds))


@pytest.fixture(scope="session")
def expected() -> SimpleNamespace:
    """Return the answers of the bot: `answer_to[question]`, and the long `tale`."""
    return SimpleNamespace(answer_to=ANSWERS, tale=TALE)
