"""The command `voicebot` in a process of its own, forked from one that has imported most of what it needs."""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import RawIOBase
from pathlib import Path

SERVER = Path(__file__).parent / "fork_server.py"
LONGEST = 280
CUSTOMIZE = {"sitecustomize", "usercustomize"}
"""Modules that Python imports when it starts."""


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
                [sys.executable, str(SERVER), str(number)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=dict(environ),
                pass_fds=[number],
            )
        self._replies = self._control.makefile("r", encoding="utf-8")
        self._imported = {*json.loads(self._replies.readline()), *CUSTOMIZE}

    def run(
        self, arguments: Sequence[str], stdin: str, directory: Path, environ: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to the end; stdin may have the size of a pipe's buffer."""
        (there_in, here_in), (here_out, there_out), (here_err, there_err) = os.pipe(), os.pipe(), os.pipe()
        request = {
            "arguments": arguments,
            "directory": str(directory),
            "environment": dict(environ),
            "path": [*filter(None, environ.get("PYTHONPATH", "").split(os.pathsep))],
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
                self._replies.readline()  # its status, which the next command must not get
                raise
        return subprocess.CompletedProcess(arguments, int(self._replies.readline()), output, errors)

    def can_run(self, directory: Path, environ: Mapping[str, str]) -> bool:
        """Return whether Python would start in the same way there, and find the modules already imported."""
        path = environ.get("PYTHONPATH", "").split(os.pathsep)
        folders = [folder for folder in (directory, *map(Path, filter(None, path))) if folder.is_dir()]
        names = {entry.stem for folder in folders for entry in folder.iterdir()}
        settings = [name for name in environ if name.startswith("PYTHON") and name != "PYTHONPATH"]
        return not settings and names.isdisjoint(self._imported)

    def close(self) -> None:
        """End the server."""
        self._replies.close()
        self._control.close()
        assert self._process.communicate() == (b"", b"")


def _read_all(*files: RawIOBase) -> list[str]:
    """Read files to the end at the same time, as text."""
    found = dict.fromkeys(files, b"")
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
