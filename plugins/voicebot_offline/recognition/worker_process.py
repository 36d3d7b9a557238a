"""The recogniser's worker process: start it, read its messages, end it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from contextlib import suppress
from typing import cast

from voicebot import ProviderError
from voicebot_offline.recognition import protocol, worker_command

_LONGEST_LINE = 1_000_000
"""Bytes of a message."""
_FLAGS = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)


async def start(settings: protocol.WorkerSettings) -> asyncio.subprocess.Process:
    """Start a worker.

    Raises:
        ProviderError: the process cannot be started.
    """
    try:
        return await asyncio.create_subprocess_exec(
            *worker_command.command(settings),
            env=worker_command.environment(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            limit=_LONGEST_LINE,
            # Ctrl-C in the terminal is for us to handle; the worker ends when its input does
            start_new_session=True,
            creationflags=_FLAGS,
        )
    except OSError as error:
        raise ProviderError(f"cannot start pocketsphinx's process: {error}", retryable=True) from error


async def next_message(worker: asyncio.subprocess.Process) -> protocol.Message:
    """Return the worker's next message.

    Raises:
        EOFError: the worker has ended.
    """
    assert worker.stdout is not None
    line = await worker.stdout.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    return cast(protocol.Message, json.loads(line))


async def end(worker: asyncio.subprocess.Process) -> None:
    """Kill a worker, which has nothing to save, and wait until the process and its pipes are gone."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    if worker.returncode is None:
        with suppress(ProcessLookupError):
            # `worker.kill` would reap a worker that has just ended, and asyncio would warn of it
            os.kill(worker.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    worker.stdin.close()
    with suppress(RuntimeError):  # another task is still reading
        while await worker.stdout.read(_LONGEST_LINE):
            pass
    await worker.wait()
