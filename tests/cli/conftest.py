"""The command line in a process of its own, with a third-party plugin installed."""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import metadata
from io import RawIOBase
from pathlib import Path
from typing import Any

import pytest

from voicebot.testing.scripted import SILENT_FRAME, speech_frames

PLUGIN = Path(__file__).parent / "plugin"
FORK_SERVER = Path(__file__).parent / "fork_server.py"
COMMAND = [sys.executable, "-m", "voicebot"]
LONGEST = 280
OURS = {"sitecustomize", "usercustomize", *metadata.packages_distributions()}
"""Modules that are already imported"""


def install(folder: Path, distribution: str, entry_points: str) -> None:
    """Create the files that pip leaves for an installed distribution."""
    info = folder / f"{distribution.replace('-', '_')}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(f"[voicebot]\n{entry_points}\n")


class ForkServer:
    """Runs `voicebot` in a process that is forked after most of the imports, which saves their time.

    Args:
        environ: the environment to import in.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            number = theirs.fileno()
            self._process = subprocess.Popen(
                [sys.executable, str(FORK_SERVER), str(number)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=dict(environ),
                pass_fds=[number],
            )
        self._replies = self._control.makefile("r")

    def run(
        self, arguments: Sequence[str], stdin: str, directory: Path, environ: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to the end; stdin may have the size of a pipe's buffer."""
        (there_in, here_in), (here_out, there_out), (here_err, there_err) = os.pipe(), os.pipe(), os.pipe()
        request = {
            "arguments": arguments,
            "directory": str(directory),
            "environment": dict(environ),
            "path": environ["PYTHONPATH"].split(os.pathsep),
        }
        theirs = [there_in, there_out, there_err]
        socket.send_fds(self._control, [b"\n"], theirs)
        self._control.sendall(f"{json.dumps(request)}\n".encode())
        child = int(self._replies.readline())
        for descriptor in theirs:
            os.close(descriptor)
        with suppress(BrokenPipeError), open(here_in, "wb") as file:
            file.write(stdin.encode())
        with open(here_out, "rb", buffering=0) as out, open(here_err, "rb", buffering=0) as err:
            try:
                output, errors = _read_all(out, err)
            except TimeoutError:
                os.kill(child, signal.SIGKILL)
                raise
        return subprocess.CompletedProcess(arguments, int(self._replies.readline()), output, errors)

    def close(self) -> None:
        """End the server."""
        self._replies.close()
        self._control.close()
        assert self._process.communicate() == (b"", b"")


def _read_all(*files: RawIOBase) -> list[str]:
    """Read files to the end at the same time, as text."""
    found = {file: b"" for file in files}
    deadline = time.monotonic() + LONGEST
    with selectors.DefaultSelector() as selector:
        for file in files:
            selector.register(file, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(deadline - time.monotonic())
            if not ready:
                raise TimeoutError(f"still running after {LONGEST} s; written so far: {found}")
            for key, _ in ready:
                if data := key.fileobj.read(65536):
                    found[key.fileobj] += data
                else:
                    selector.unregister(key.fileobj)
    return [data.decode().replace("\r\n", "\n").replace("\r", "\n") for data in found.values()]


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
        if self.server is not None and not self._changes_imports():
            return self.server.run(arguments, stdin, self.directory, self.environ)
        return subprocess.run(
            [*COMMAND, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=self.directory,
            env=self.environ,
            timeout=LONGEST,
            check=False,
        )

    def _changes_imports(self) -> bool:
        """Return whether Python would start otherwise, or find other modules than those already imported."""
        if any(name.startswith("PYTHON") and name != "PYTHONPATH" for name in self.environ):
            return True
        folders = [self.directory, *map(Path, self.environ["PYTHONPATH"].split(os.pathsep))]
        names = {path.stem for folder in folders if folder.is_dir() for path in folder.iterdir()}
        return not names.isdisjoint(sys.stdlib_module_names | {"sitecustomize"} | OURS)

    @contextmanager
    def started(
        self, *arguments: str, within: Sequence[str] = (), **options: Any
    ) -> Iterator[subprocess.Popen[str]]:
        """Run while the test does, inside another program if one is given; kill it at the end."""
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        with subprocess.Popen(
            [*within, *COMMAND, *arguments],
            text=True,
            encoding="utf-8",
            cwd=self.directory,
            env=self.environ,
            **pipes,
        ) as process:
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


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer | None]:
    """Run the server that forks for each command, where the system can fork."""
    if sys.platform == "win32":
        yield None
        return
    server = ForkServer({n: value for n, value in os.environ.items() if not n.startswith("PYTHON")})
    try:
        yield server
    finally:
        server.close()


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
