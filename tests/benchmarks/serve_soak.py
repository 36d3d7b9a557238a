"""Whether a server grows while conversations come and go.

`serve_soak.py [--clients 50] [--length 10] [--minutes 5] [--every 30]` prints a line of JSON again and again:
how many conversations there were so far, and how many threads, files, tasks and objects of ours, and how much
memory the process has. Time is virtual, see `serve_cpu.py`; silero and the whole server are real, sockets
are not.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import gc
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

from figures import resident_bytes
from serve_cpu import Calm
from served_bot import bots
from served_dialects import messages
from served_junk import Dialer, text_frame

from voicebot.testing.clock import VirtualClockLoop
from voicebot_serve.app import application
from voicebot_serve.running.uvicorn_server import config_for, leave_startup_to_itself
from voicebot_serve.server import Server

_FRAME_SECONDS = 0.02


async def _visit_again_and_again(dialer: Dialer, frames: list[bytes], number: int, length: float) -> None:
    """Talk for a while, hang up in the middle of whatever is going on, and come again."""
    await asyncio.sleep(number % 50 * length / 50)
    while True:
        wire = dialer.upgraded("127.0.0.1")
        for _ in range(round(length / _FRAME_SECONDS)):
            wire.send(frames[number % len(frames)])
            number += 1
            await asyncio.sleep(_FRAME_SECONDS)
        wire.hang_up()


def _figures(server: Server, dialer: Dialer, minutes: float) -> dict[str, Any]:
    gc.collect()
    ours = (each for each in gc.get_objects() if str(type(each)).startswith("<class 'voicebot"))
    return {
        "minutes": minutes,
        "conversations": dialer.opened,
        "now": len(server.sessions),
        "threads": threading.active_count(),
        "files": len(list(Path("/proc/self/fd").iterdir())) if os.path.isdir("/proc/self/fd") else None,
        "tasks": len(asyncio.all_tasks()),
        "objects": sum(1 for _ in ours),
        "python_blocks": sys.getallocatedblocks(),
        **_native_heap(),
        "rss_mb": round(resident_bytes() / 1e6, 1),
    }


class _MallocInfo(ctypes.Structure):
    """What glibc says of its heap, in bytes (`mallinfo2`)."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


def _native_heap() -> dict[str, float]:
    """Return what is used and what is free of the heap that Python's objects are not in; {} without glibc."""
    try:
        ask = ctypes.CDLL("libc.so.6").mallinfo2
    except (OSError, AttributeError):
        return {}
    ask.restype = _MallocInfo
    heap = ask()
    return {
        "native_used_mb": round(heap.uordblks / 1e6, 1),  # without large blocks, of which most is not touched
        "native_free_mb": round(heap.fordblks / 1e6, 1),
    }


async def _soak(clients: int, length: float, minutes: float, every: float) -> None:
    frames = [text_frame(message) for message in messages()]
    async with Server(bots(), most=2 * clients, lag=Calm()) as server, asyncio.TaskGroup() as tasks:
        config = config_for(application(server), 1_000_000, server.admits_connection)
        config.ws_ping_interval = None
        config.load()
        leave_startup_to_itself()
        dialer = Dialer(config)
        visits = (_visit_again_and_again(dialer, frames, number, length) for number in range(clients))
        running = [tasks.create_task(visit) for visit in visits]
        for number in range(1, round(minutes * 60 / every) + 1):
            await asyncio.sleep(every)
            print(json.dumps(_figures(server, dialer, number * every / 60)), flush=True)
        for task in running:
            task.cancel()
        for wire in list(dialer.open):
            wire.hang_up()
        await server.sessions.wait_until_empty()
        print(json.dumps(_figures(server, dialer, minutes)), flush=True)


def main() -> None:
    """Run for as long as is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--length", type=float, default=10.0, help="seconds of a conversation")
    parser.add_argument("--minutes", type=float, default=5.0, help="of virtual time")
    parser.add_argument("--every", type=float, default=30.0, help="seconds of virtual time")
    options = parser.parse_args()
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        runner.run(_soak(options.clients, options.length, options.minutes, options.every))


if __name__ == "__main__":
    main()
