"""The command `voicebot` in a process of its own, forked from one that has imported most of what it needs."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SERVER = Path(__file__).parent / "fork_server.py"
CUSTOMIZE = {"sitecustomize", "usercustomize"}
"""Modules that Python imports when it starts."""
LONGEST = 280
"""Seconds that a command may take: less than pytest gives a test."""
FORKED_WITH = {"stdin", "stdout", "stderr", "start_new_session"}
"""The options of `Popen` that mean the same for a command that is forked."""
COMMAND = [sys.executable, "-m", "voicebot"]


class ForkServer:
    """Forks `voicebot` after most of its imports, which saves their time.

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
        self._received = b""
        self._imported = {*self._reply(), *CUSTOMIZE}
        self._ended: dict[int, int] = {}

    def can_run(self, directory: Path, environ: Mapping[str, str]) -> bool:
        """Return whether Python would start in the same way there, and find the modules already imported."""
        folders = [folder for folder in (directory, *map(Path, _search_path(environ))) if folder.is_dir()]
        names = {entry.stem for folder in folders for entry in folder.iterdir()}
        settings = [name for name in environ if name.startswith("PYTHON") and name != "PYTHONPATH"]
        return not settings and names.isdisjoint(self._imported)

    def fork(self, request: Mapping[str, Any], descriptors: Sequence[int]) -> int:
        """Start a command; return the number of its process."""
        socket.send_fds(self._control, [b"\n"], list(descriptors))
        self._control.sendall(f"{json.dumps(request)}\n".encode())
        while not isinstance(reply := self._reply(), int):
            self._ended.update([reply])
        return reply

    def status(self, child: int, *, wait: bool) -> int | None:
        """Return the wait status of a process; None if it has not ended."""
        while child not in self._ended and (reply := self._reply(wait=wait)) is not None:
            self._ended.update([reply])
        return self._ended.get(child)

    def close(self) -> None:
        """End the server."""
        self._control.close()
        assert self._process.communicate() == (b"", b"")

    def _reply(self, *, wait: bool = True) -> Any:
        while b"\n" not in self._received:
            try:
                received = self._control.recv(65536, 0 if wait else socket.MSG_DONTWAIT)
            except BlockingIOError:
                return None
            assert received, f"the fork server has ended: {self._process.communicate()}"
            self._received += received
        line, _, self._received = self._received.partition(b"\n")
        return json.loads(line)


class ForkedCommand(subprocess.Popen[str]):
    """`voicebot` as a `Popen`, but forked by a server, which also waits for its end.

    Args:
        options: those of `Popen`; of the text modes, UTF-8 is meant.
    """

    def __init__(self, server: ForkServer, arguments: Sequence[str], **options: Any) -> None:
        self._server = server
        super().__init__([*COMMAND, *arguments], text=True, encoding="utf-8", **options)

    def _execute_child(self, args: list[str], *rest: Any) -> None:
        """Have it forked, with the ends of the pipes that `Popen` has made; -1 stands for ours."""
        (_, _, _, _, directory, environ, _, _, _, stdin, _, _, stdout, _, stderr, *_, session, _) = rest
        request = {
            "arguments": args[len(COMMAND) :],
            "directory": str(directory),
            "environment": dict(environ),
            "path": _search_path(environ),
            "session": session,
        }
        descriptors = (stdin, stdout, stderr)
        used = [standard if each == -1 else each for standard, each in enumerate(descriptors)]
        self.pid = self._server.fork(request, used)
        self._child_created = True
        self._close_pipe_fds(*rest[9:15])

    def _internal_poll(self, *_: Any, **__: Any) -> int | None:
        if self.returncode is None and (status := self._server.status(self.pid, wait=False)) is not None:
            self._handle_exitstatus(status)
        return self.returncode

    def _try_wait(self, wait_flags: int) -> tuple[int, int]:
        status = self._server.status(self.pid, wait=wait_flags == 0)
        return (0, 0) if status is None else (self.pid, status)


def command(
    server: ForkServer | None,
    arguments: Sequence[str],
    directory: Path,
    environ: Mapping[str, str],
    within: Sequence[str] = (),
    **options: Any,
) -> subprocess.Popen[str]:
    """Start `voicebot` in a directory, forked if it can be, inside another program if one is given."""
    can_be_forked = server is not None and not within and FORKED_WITH.issuperset(options)
    options |= {"cwd": directory, "env": environ}
    if can_be_forked and server.can_run(directory, environ):
        return ForkedCommand(server, arguments, **options)
    return subprocess.Popen([*within, *COMMAND, *arguments], text=True, encoding="utf-8", **options)


def _search_path(environ: Mapping[str, str]) -> list[str]:
    return [*filter(None, environ.get("PYTHONPATH", "").split(os.pathsep))]
