"""How many conversations one process of `voicebot serve` holds on one core, and one of Pipecat's beside it.

`serve_load.py [--clients 10 20 40 60 80] [--seconds 20]` prints a line of JSON for each step. The server
runs on the first core, with silero and scripted providers; its clients, which speak OpenAI's Realtime
protocol, run on the others.

- `--pipecat PYTHON` measures `pipecat_server.py` too, in turn with ours; that file says how to install it.
- `--junk N` has as many junk connections come from another process (`serve_junk.py`) meanwhile.
- `--profile FILE` has our server profiled.
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
from typing import Any

from served_clients import measure
from served_dialects import Dialect, PipecatDialect, RealtimeDialect

_HERE = Path(__file__).parent


def main() -> None:
    """Measure each step against a new server."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clients", type=int, nargs="+", default=[10, 20, 40, 60, 80])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--junk", type=int, nargs="+", default=[0], help="junk connections, in turn")
    parser.add_argument("--pipecat", metavar="PYTHON", help="of an environment with Pipecat")
    parser.add_argument("--profile", default="", help="file for the profile of the server")
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        os.sched_setaffinity(0, cores[1:])
    for clients in options.clients:
        ours = [sys.executable, str(_HERE / "served_bot.py"), str(cores[0]), str(clients)]
        ours += [options.profile] if options.profile else []
        theirs = [options.pipecat, str(_HERE / "pipecat_server.py"), str(cores[0])]
        for junk in options.junk:
            _measure("voicebot", RealtimeDialect(), ours, clients, junk, options.seconds)
        if options.pipecat:
            _measure("pipecat", PipecatDialect(), theirs, clients, 0, options.seconds)


def _measure(
    name: str, dialect: Dialect, command: list[str], clients: int, junk: int, seconds: float
) -> None:
    """Run a server; print what its clients see."""
    result: dict[str, Any] = {"server": name}
    with _running(command) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        bother = [sys.executable, str(_HERE / "serve_junk.py"), str(port), str(junk)]
        with _running(bother) if junk else contextlib.nullcontext() as bothering:
            result |= asyncio.run(measure(dialect, server.pid, port, clients, seconds))
            if bothering is not None:
                bothering.terminate()
                assert bothering.stdout is not None
                result |= {"junk": junk, "junk_a_second": float(bothering.stdout.readline())}
    print(json.dumps(result), flush=True)


@contextlib.contextmanager
def _running(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)


if __name__ == "__main__":
    main()
