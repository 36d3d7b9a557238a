"""What conversations cost a server in CPU time, and how late it would be on a core of its own.

`serve_cpu.py [--clients 10 20 ...] [--junk 0 1000] [--seconds 30] [--repeats 3] [--profile FILE]` prints a
line of JSON for each run. Clients of OpenAI's Realtime protocol, junk connections, the protocols, silero and
the engine run in one process in virtual time, so the figures do not depend on what else the machine does. How
late the server would be follows from how much CPU time each 5 ms take: what does not fit is done later. What
the kernel does for sockets is not in it. `serve_load.py` measures over real sockets, in real time.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import gc
import json
import time
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from figures import spread
from served_bot import JUNK_LET_IN, bots
from served_dialects import messages
from served_junk import JUNK_ADDRESSES, Dialer, Wire, junk, text_frame

from voicebot.testing.clock import VirtualClockLoop
from voicebot_serve.app import application
from voicebot_serve.options import LimitOptions
from voicebot_serve.running.loop_lag import LoopLag
from voicebot_serve.running.uvicorn_server import config_for, leave_startup_to_itself
from voicebot_serve.server import Server

_FRAME_SECONDS, _STEP = 0.02, 0.005
_WARM_UP = 6.0
_MANY = 100_000


class Calm(LoopLag):
    """The loop is never late here."""

    async def run(self) -> None:
        await asyncio.Event().wait()


async def _speak(wire: Wire, frames: Sequence[bytes], number: int) -> None:
    while True:
        await asyncio.sleep(_FRAME_SECONDS)
        wire.send(frames[number % len(frames)])
        number += 1


async def _watch(steps: list[float]) -> None:
    """Record the CPU time that each step takes."""
    before = time.process_time()
    while True:
        await asyncio.sleep(_STEP)
        now = time.process_time()
        steps.append(now - before)
        before = now


def _lateness(steps: Sequence[float]) -> list[float]:
    """Return how late a core is after each step that has nothing else to do."""
    late, found = 0.0, []
    for step in steps:
        late = max(0.0, late + step - _STEP)
        found.append(late)
    return found


async def _measure(
    clients: int, junks: int, seconds: float, profile: cProfile.Profile | None
) -> dict[str, Any]:
    frames = [text_frame(message) for message in messages()]
    limits = LimitOptions(per_key=_MANY, per_address=max(20, clients))
    async with (
        Server(bots(limits), most=clients + JUNK_LET_IN, lag=Calm()) as server,
        asyncio.TaskGroup() as tasks,
    ):
        config = config_for(application(server), 1_000_000, server.admits_connection)
        config.ws_ping_interval = None
        config.load()
        leave_startup_to_itself()
        dialer = Dialer(config)
        live = [dialer.upgraded("127.0.0.1") for _ in range(clients)]
        running = [
            tasks.create_task(_speak(wire, frames, number * len(frames) // clients))
            for number, wire in enumerate(live)
        ]
        running += [
            tasks.create_task(junk(dialer.connect, JUNK_ADDRESSES, number)) for number in range(junks)
        ]
        steps: list[float] = []
        running.append(tasks.create_task(_watch(steps)))
        await asyncio.sleep(_WARM_UP)
        steps.clear()
        before, opened = sum(wire.responses for wire in live), dialer.opened
        with profile or nullcontext():
            await asyncio.sleep(seconds)
        result = {
            "conversations": clients,
            "junk": junks,
            "junk_opened": dialer.opened - opened,
            "responses": sum(wire.responses for wire in live) - before,
            "closed": sum(wire.is_closing() for wire in live),
            "cpu_pct": round(sum(steps) / seconds * 100, 1),
            "cpu_ms_per_second": round(sum(steps) / seconds / clients * 1000, 2),
            "late_ms": spread(_lateness(steps)),
        }
        for task in running:
            task.cancel()
        for wire in list(dialer.open):
            wire.hang_up()
        await server.sessions.wait_until_empty()
    return result


def main() -> None:
    """Measure each number of clients with each number of junk connections, in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=[20])
    parser.add_argument("--junk", type=int, nargs="+", default=[0])
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--profile", default="", help="file for the profile of the first run")
    options = parser.parse_args()
    runs = [(c, j) for _ in range(options.repeats) for c in options.clients for j in options.junk]
    thresholds = gc.get_threshold()
    for number, (clients, junks) in enumerate(runs):
        gc.set_threshold(*thresholds)
        profile = cProfile.Profile(time.process_time) if options.profile and number == 0 else None
        gc.collect()
        with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
            result = runner.run(_measure(clients, junks, options.seconds, profile))
        print(json.dumps(result), flush=True)
        if profile is not None:
            profile.dump_stats(options.profile)


if __name__ == "__main__":
    main()
