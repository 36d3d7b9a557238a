"""A relay between a provider and its service, to cut the network at will."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from voicebot.testing.contract.measurements import child_processes

_SHUTDOWN_TIMEOUT = 10.0
_SERVER = Path(__file__).with_name("server.py")


class Relay:
    """Forwards connections to `port` of 127.0.0.1 to a service, until it is cut; created by `relayed`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.port = int(self._answer())

    def cut(self) -> None:
        """Cut all connections, and refuse new ones."""
        self._do("cut")

    def restore(self) -> None:
        """Accept connections again."""
        self._do("restore")

    def _do(self, what: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        self._answer()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        if not (line := self._process.stdout.readline()):
            raise RuntimeError("the relay has ended")
        return line


@contextmanager
def relayed(host: str, port: int) -> Iterator[Relay]:
    """Run a relay to a service, in a separate process, until the block ends."""
    # In this process its sockets, which come and go at any time, would be taken for the provider's.
    command = [sys.executable, "-I", str(_SERVER), host, str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        child_processes.excluded.add(process.pid)
        try:
            yield Relay(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(_SHUTDOWN_TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
            child_processes.excluded.discard(process.pid)
