"""A real Redis on a free port of this machine, which a test starts and stops."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PASSWORD = "pass-of-the-store"


class RedisServer:
    """Listens at `port`; `stop` and `start` are for tests in which it goes away. It keeps nothing on disk.

    Args:
        certificate: PEM with its key; with one, it speaks TLS alone.
    """

    def __init__(self, binary: str, directory: Path, certificate: Path | None = None) -> None:
        self._binary = binary
        self._certificate = certificate
        self._directory = directory
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        scheme = "redis" if self._certificate is None else "rediss"
        return f"{scheme}://:{PASSWORD}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        encrypted = {
            "port": 0,
            "tls-port": self.port,
            "tls-cert-file": self._certificate,
            "tls-key-file": self._certificate,
            "tls-auth-clients": "no",
        }
        options = {
            **({"port": self.port} if self._certificate is None else encrypted),
            "bind": "127.0.0.1",
            "requirepass": PASSWORD,
            "dir": self._directory,
            "save": "",
            "appendonly": "no",
        }
        command = [self._binary]
        for name, value in options.items():
            command += [f"--{name}", str(value)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        said = []
        for line in self._process.stdout:
            said.append(line)
            if b"Ready to accept connections" in line:
                return
        raise RuntimeError(f"redis-server did not start: {said}")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None


@contextmanager
def redis_server(certificate: Path | None = None) -> Iterator[RedisServer]:
    """Run a Redis while the block runs, with TLS if there is a certificate; skip where there is none."""
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("redis-server is not installed; Debian's package of that name has it")
    with tempfile.TemporaryDirectory() as directory:
        server = RedisServer(binary, Path(directory), certificate)
        server.start()
        try:
            yield server
        finally:
            server.stop()
