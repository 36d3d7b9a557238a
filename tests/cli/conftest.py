"""The command line in a process of its own, with a third-party plugin installed."""

from __future__ import annotations

import os
import subprocess
import wave
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.forking import LONGEST, ForkServer, command

from voicebot.testing.scripted import SILENT_FRAME, speech_frames

PLUGIN = Path(__file__).parent / "plugin"


def install(folder: Path, distribution: str, entry_points: str) -> None:
    """Create the files that pip leaves for an installed distribution."""
    info = folder / f"{distribution.replace('-', '_')}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(f"[voicebot]\n{entry_points}\n")


class CommandLine:
    """Runs `voicebot` in a directory of its own, where `scripted.yaml` is a bot of scripted providers."""

    def __init__(self, directory: Path, installed: Path, server: ForkServer | None = None) -> None:
        self.directory = directory
        self.installed = installed
        self.server = server
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
            "PYTHONPATH": os.pathsep.join([str(installed), str(PLUGIN)]),
            "COLUMNS": "100",
        }
        self.write("scripted.yaml", "")

    def write(self, name: str, more: str, *, chat: str = "") -> Path:
        """Write a config of scripted providers, with additional lines."""
        path = self.directory / name
        path.write_text(
            "name: Parrot\n"
            "on_error: Something broke.\n"
            "recognizer: {provider: scripted}\n"
            f"chat: {{provider: scripted{chat and ', '}{chat}}}\n"
            + ("" if "synthesizer:" in more else "synthesizer: {provider: scripted}\n")
            + f"voice_activity: {{provider: scripted}}\n{more}\n"
            + "turn_detector: null\n"
        )
        return path

    def record(self, name: str, *said: str | float) -> Path:
        """Write a recording of texts to be said and numbers, which are seconds of silence."""
        frames: list[bytes] = []
        for part in said:
            frames += speech_frames(part, 1.0) if isinstance(part, str) else [SILENT_FRAME] * round(part * 50)
        path = self.directory / name
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16_000)
            file.writeframes(b"".join(frames))
        return path

    def __call__(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run to the end."""
        with self.started(*arguments) as process:
            output, errors = process.communicate(stdin, LONGEST)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    @contextmanager
    def started(
        self, *arguments: str, within: Sequence[str] = (), **options: Any
    ) -> Iterator[subprocess.Popen[str]]:
        """Run while the test does, inside another program if one is given; kill it at the end."""
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        with command(self.server, arguments, self.directory, self.environ, within, **pipes) as process:
            try:
                yield process
            finally:
                process.kill()


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory in which the scripted plugin is installed."""
    folder = tmp_path_factory.mktemp("installed")
    install(folder, "voicebot-scripted", "scripted = voicebot_scripted")
    return folder


@pytest.fixture
def voicebot(tmp_path: Path, installed: Path, fork_server: ForkServer | None) -> CommandLine:
    """Return the command line."""
    return CommandLine(tmp_path, installed, fork_server)


@pytest.fixture
def install_plugin(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str, str], Path]:
    """Return a function that installs a module as a plugin and returns where."""

    def make(distribution: str, module: str, source: str) -> Path:
        folder = tmp_path_factory.mktemp("another")
        install(folder, distribution, f"{module} = {module}")
        (folder / f"{module}.py").write_text(source)
        return folder

    return make
