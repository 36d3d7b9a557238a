"""Measure how long a server of the toolset `mcp` takes to start, to answer a call, and to come back.

    python tests/benchmarks/mcp_times.py [--starts N] [--calls N] [COMMAND...]

By default, the server is that of the tests; for another one, give a tool that it has and its arguments. The
first start imports the package `mcp`, and the later ones do not. To make it come back, it is killed.
It prints figures and never fails.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import statistics
import sys
import time
from pathlib import Path

from voicebot import ToolCall, ToolResult
from voicebot.cli.resources.tool_call import NoConversation
from voicebot_mcp.options import McpOptions
from voicebot_mcp.toolset import McpToolset

SERVER = Path(__file__).parents[1] / "plugins" / "mcp" / "stdio_server.py"
CALLER = NoConversation("en-US")


async def call(toolset: McpToolset, name: str, arguments: str) -> bool:
    """Run a tool once; return whether it succeeded."""
    events = [event async for event in toolset.call(ToolCall("1", name, arguments), CALLER)]
    return isinstance(events[-1], ToolResult) and not events[-1].failed


def children() -> list[int]:
    """Return the processes that this one has started."""
    threads = Path("/proc/self/task").iterdir()
    return [int(pid) for each in threads for pid in (each / "children").read_text().split()]


async def measure(options: McpOptions, name: str, arguments: str, starts: int, calls: int) -> None:
    """Print the figures."""
    started: list[float] = []
    took: list[float] = []
    back: list[float] = []
    for _ in range(starts):
        toolset = McpToolset(options)
        began = time.perf_counter()
        await toolset.start()
        started.append(time.perf_counter() - began)
        await toolset.aclose()
    await toolset.start()
    for _ in range(calls):
        began = time.perf_counter()
        assert await call(toolset, name, arguments)
        took.append(time.perf_counter() - began)
    for _ in range(max(2, starts // 2)):
        for pid in children():
            os.kill(pid, signal.SIGKILL)
        began = time.perf_counter()
        while not await call(toolset, name, arguments):
            pass
        back.append(time.perf_counter() - began)
    await toolset.aclose()
    print(f"load {os.getloadavg()[0]:.1f}")
    print(f"first start, with the import of `mcp`: {started[0]:.2f} s")
    for what, seconds in (("later starts", started[1:]), ("calls", took), ("back after SIGKILL", back)):
        median, slowest = statistics.median(seconds) * 1000, max(seconds) * 1000
        print(f"{what}: median {median:.1f} ms, slowest {slowest:.1f} ms, n = {len(seconds)}")


def main() -> None:
    """Print the figures of one server."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--starts", type=int, default=11)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--tool", default="echo")
    parser.add_argument("--arguments", default='{"text": "hello"}')
    parser.add_argument("command", nargs="*", default=[sys.executable, "-I", str(SERVER)])
    given = parser.parse_args()
    effects = {given.tool: {"effect": "reads"}}
    options = McpOptions(command=given.command, allow=(given.tool,), overrides=effects, start_timeout=300)
    asyncio.run(measure(options, given.tool, given.arguments, given.starts, given.calls))


if __name__ == "__main__":
    main()
