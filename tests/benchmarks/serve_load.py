"""How many conversations one process of `voicebot serve` holds on one core.

`serve_load.py [--clients 10 20 40 60 80] [--seconds 20]` prints a line of JSON for each step. The server
runs on the first core, with silero and scripted providers; its clients, which speak OpenAI's Realtime
protocol, run on the others. `serve_load.py --profile FILE` has the server profiled.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from served_clients import measure


def main() -> None:
    """Measure each step against a new server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=[10, 20, 40, 60, 80])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--profile", default="", help="file for the profile of the server")
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        os.sched_setaffinity(0, cores[1:])
    for clients in options.clients:
        with _server(cores[0], options.profile) as (pid, port):
            print(json.dumps(asyncio.run(measure(pid, port, clients, options.seconds))), flush=True)


@contextlib.contextmanager
def _server(core: int, profile: str) -> Iterator[tuple[int, int]]:
    """Run a server on a core; yield its process and its port."""
    script = str(Path(__file__).with_name("served_bot.py"))
    command = [sys.executable, script, str(core), *([profile] if profile else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.pid, int(process.stdout.readline())
        finally:
            process.terminate()
            process.wait(60)


if __name__ == "__main__":
    main()
