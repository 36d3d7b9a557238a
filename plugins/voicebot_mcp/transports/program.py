"""A program that is a server: it is run in a process group of its own, of which nothing remains."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import signal
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from voicebot import printable
from voicebot_mcp.limits import LONGEST_MESSAGE, LONGEST_STDERR_LINE
from voicebot_mcp.options import McpOptions
from voicebot_mcp.redaction import shown, without_secrets
from voicebot_mcp.transports.message_lines import read_messages

if TYPE_CHECKING:
    from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
    from mcp.client import Transport
    from mcp.shared.message import SessionMessage

logger = logging.getLogger(__name__)
_PATIENCE = 0.75
"""Seconds that a program has to end after its standard input was closed, and again after SIGTERM."""
_KILL_PATIENCE = 5.0
"""Seconds until a killed program has ended even on a busy machine."""
_POLL = 0.01
_TELLING = re.compile(r"error|exception|cannot|can't|denied|fail|missing|no such|not found|invalid", re.I)
_LINES_KEPT = 20


class Program:
    """Runs the command of the options; `connect` is a transport of the package `mcp`.

    Args:
        on_end: called when the program ends or closes its output.
    """

    def __init__(self, options: McpOptions, on_end: Callable[[], None]) -> None:
        assert options.command is not None
        self._command = options.command
        self._options = options
        self._env = {name: value.get_secret_value() for name, value in options.env.items()}
        self._on_end = on_end
        self._process: asyncio.subprocess.Process | None = None
        self._stderr: deque[str] = deque(maxlen=_LINES_KEPT)
        self._stderr_ended = asyncio.Event()
        self._has_answered = False
        self._output_ended = False
        self._was_stopped = False

    @property
    def is_silent(self) -> bool:
        """Whether it has ended without any message."""
        return bool(self.end) and not self._has_answered

    @property
    def end(self) -> str:
        """How it ended by itself, and the line of its standard error that most likely says why; or empty."""
        if self._process is None or self._process.returncode is None or self._was_stopped:
            return ""
        status = self._process.returncode
        how = f"ended with status {status}" if status >= 0 else f"was ended by signal {-status}"
        telling = [line for line in self._stderr if _TELLING.search(line)] or list(self._stderr)
        return f"{how}: {shown(telling[-1], self._options, variables=True)}" if telling else how

    def connect(self) -> Transport:
        """Return a context that starts the program, and ends it with everything it has started.

        Entering it raises `OSError` if the program cannot be started.
        """
        return self._connected()

    @asynccontextmanager
    async def _connected(
        self,
    ) -> AsyncGenerator[
        tuple[MemoryObjectReceiveStream[SessionMessage | Exception], MemoryObjectSendStream[SessionMessage]]
    ]:
        import anyio
        from mcp.client.stdio import get_default_environment
        from mcp.shared.message import SessionMessage

        with anyio.CancelScope(shield=True):  # else it could be started and lost
            self._process = process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=get_default_environment() | self._env,
                cwd=self._options.cwd,
                limit=LONGEST_MESSAGE,
                start_new_session=True,
            )
        try:
            to_session, received = anyio.create_memory_object_stream[SessionMessage | Exception](0)
            to_send, from_session = anyio.create_memory_object_stream[SessionMessage](0)
            async with anyio.create_task_group() as tasks, received, to_send:
                tasks.start_soon(self._read, process, to_session)
                tasks.start_soon(self._write, process, from_session)
                tasks.start_soon(self._log, process)
                try:
                    yield received, to_send
                finally:
                    with anyio.CancelScope(shield=True):
                        await self._stop(process)
                    tasks.cancel_scope.cancel()
        finally:
            self.kill()

    def kill(self) -> None:
        """End the process group at once, from any thread."""
        if self._process is not None:
            _signal_group(self._process, "SIGKILL")

    async def _read(
        self,
        process: asyncio.subprocess.Process,
        to_session: MemoryObjectSendStream[SessionMessage | Exception],
    ) -> None:
        import anyio

        assert process.stdout is not None
        async with to_session:
            with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
                async for message in read_messages(process.stdout, LONGEST_MESSAGE):
                    self._has_answered = True
                    await to_session.send(message)
                self._output_ended = True  # before the session can notice
        self._on_end()

    async def _write(
        self, process: asyncio.subprocess.Process, from_session: MemoryObjectReceiveStream[SessionMessage]
    ) -> None:
        assert process.stdin is not None
        async with from_session:
            async for message in from_session:
                text = message.message.model_dump_json(by_alias=True, exclude_unset=True)
                process.stdin.write(f"{text}\n".encode())
                with suppress(ConnectionError):  # it has ended, which `_read` notices
                    await process.stdin.drain()

    async def _log(self, process: asyncio.subprocess.Process) -> None:
        """Log what the program writes to its standard error, without the secrets that it was given."""
        assert process.stderr is not None
        rest = b""
        while data := await process.stderr.read(LONGEST_STDERR_LINE):
            *lines, rest = (rest + data).split(b"\n")
            if len(rest) > LONGEST_STDERR_LINE:
                lines, rest = [*lines, rest], b""
            self._log_lines(lines)
        self._log_lines([rest])
        self._stderr_ended.set()

    def _log_lines(self, lines: list[bytes]) -> None:
        for line in lines:
            text = line.decode(errors="replace")
            text = without_secrets(text, self._options, variables=True)
            if text := printable(text).strip():
                self._stderr.append(text)
                logger.info("%s: %s", self._options.server_name, text)

    async def _stop(self, process: asyncio.subprocess.Process) -> None:
        """Close the program's input, then end what of its process group has not ended after a while."""
        assert process.stdin is not None
        if self._output_ended:  # most likely, it has ended by itself
            await _becomes(lambda: process.returncode is not None)
        self._was_stopped = process.returncode is None
        process.stdin.close()
        # `Process.wait` would also wait for the end of its output, which its children may have inherited.
        await _becomes(lambda: process.returncode is not None)
        if not _is_gone(process):
            _signal_group(process, "SIGTERM")
            await _becomes(lambda: _is_gone(process))
        self.kill()
        await _becomes(lambda: process.returncode is not None, _KILL_PATIENCE)
        await _becomes(self._stderr_ended.is_set, _POLL * 10)
        process._transport.close()  # type: ignore[attr-defined]  # what left the group may hold its pipes


async def _becomes(condition: Callable[[], bool], seconds: float = _PATIENCE) -> None:
    """Wait until a condition holds, but not for ever."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not condition() and loop.time() < deadline:  # noqa: ASYNC110  # nothing tells when a group is gone
        await asyncio.sleep(_POLL)


def _is_gone(process: asyncio.subprocess.Process) -> bool:
    """Return whether nothing is left of the process group; on Windows, of the process."""
    if not hasattr(os, "killpg"):
        return process.returncode is not None
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass  # a process of the group belongs to another user
    return False


def _signal_group(process: asyncio.subprocess.Process, name: str) -> None:
    """Send a signal to the process group; on Windows, end the process."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, getattr(signal, name))
        else:
            process.kill()
