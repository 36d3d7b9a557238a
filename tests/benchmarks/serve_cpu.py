"""What a second of a conversation costs a server in CPU time, on a machine that others use too.

`serve_cpu.py [--clients 10] [--seconds 60] [--repeats 5] [--profile FILE]` prints a line of JSON for each
repeat. Clients of OpenAI's Realtime protocol, the WebSocket protocol, silero and the engine run in one process
in virtual time, so nothing waits and nothing is late, whatever else runs; what the kernel does for sockets is
not in it. `serve_load.py` measures over real sockets, in real time.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import json
import time
from contextlib import nullcontext
from typing import Any

from figures import middle
from served_bot import bots
from served_clients import messages
from uvicorn.server import ServerState

from voicebot.testing.clock import VirtualClockLoop
from voicebot_serve.app import application
from voicebot_serve.running.loop_lag import LoopLag
from voicebot_serve.running.uvicorn_server import config_for
from voicebot_serve.server import Server

_FRAME_SECONDS = 0.02
_WARM_UP = 6.0
_HANDSHAKE = (
    b"GET /v1/realtime HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class _Calm(LoopLag):
    """The loop is never late here."""

    async def run(self) -> None:
        await asyncio.Event().wait()


class _Client(asyncio.Transport):
    """The server's side of a connection that sends at once; it counts the responses."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 5), "sockname": ("127.0.0.1", 80)})
        self.responses = 0
        self._is_closing = False

    def write(self, data: Any) -> None:
        self.responses += b'"type":"response.done"' in data

    def close(self) -> None:
        self._is_closing = True

    def is_closing(self) -> bool:
        return self._is_closing

    def pause_reading(self) -> None:
        """It sends a message at a time."""

    def resume_reading(self) -> None:
        """See `pause_reading`."""


def _frame(message: str) -> bytes:
    data = message.encode()
    return b"\x81" + (bytes([0x80 | 126]) + len(data).to_bytes(2, "big")) + bytes(4) + data


async def _speak(protocol: Any, frames: list[bytes], number: int) -> None:
    while True:
        await asyncio.sleep(_FRAME_SECONDS)
        protocol.data_received(frames[number % len(frames)])
        number += 1


async def _measure(count: int, seconds: float, profile: cProfile.Profile | None) -> dict[str, Any]:
    frames = [_frame(message) for message in messages()]
    async with Server(bots(), most=count, lag=_Calm()) as server, asyncio.TaskGroup() as tasks:
        config = config_for(application(server), 1_000_000)
        config.ws_ping_interval = None
        config.load()
        clients, state, running = [], ServerState(), []
        for number in range(count):
            client = _Client()
            protocol = config.ws_protocol_class(config=config, server_state=state, app_state={})  # type: ignore
            protocol.connection_made(client)
            protocol.data_received(_HANDSHAKE)
            clients.append((client, protocol))
            start = number * len(frames) // count
            running.append(tasks.create_task(_speak(protocol, frames, start)))
        await asyncio.sleep(_WARM_UP)
        before, cpu = sum(client.responses for client, _ in clients), time.process_time()
        with profile or nullcontext():
            await asyncio.sleep(seconds)
        cpu = time.process_time() - cpu
        result = {
            "conversations": count,
            "seconds": seconds,
            "responses": sum(client.responses for client, _ in clients) - before,
            "cpu_ms_per_second": round(cpu / seconds / count * 1000, 2),
        }
        for task in running:
            task.cancel()
        for _, protocol in clients:
            protocol.connection_lost(None)
        await server.sessions.wait_until_empty()
    return result


def main() -> None:
    """Measure, as often as is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--profile", default="", help="file for the profile of the first repeat")
    options = parser.parse_args()
    costs = []
    for number in range(options.repeats):
        profile = cProfile.Profile(time.process_time) if options.profile and number == 0 else None
        with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
            result = runner.run(_measure(options.clients, options.seconds, profile))
        print(json.dumps(result), flush=True)
        costs.append(result["cpu_ms_per_second"])
        if profile is not None:
            profile.dump_stats(options.profile)
    print(f"median {middle(costs)} ms of CPU a second of a conversation, n = {len(costs)}")


if __name__ == "__main__":
    main()
