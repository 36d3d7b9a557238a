"""A small MCP server over standard input and output, without the package `mcp`, so that it starts quickly.

Its arguments say how it misbehaves. It speaks version 2025-06-18 of the protocol.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

OBJECT: dict[str, Any] = {"type": "object"}
TEXT = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
SIZE = {"type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]}
TOOLS: list[dict[str, Any]] = [
    {
        "name": "echo",
        "description": "Says it again.",
        "inputSchema": TEXT,
        "annotations": {"readOnlyHint": True},
    },
    {"name": "big", "description": "Returns that many bytes.", "inputSchema": SIZE},
    {"name": "end", "description": "Ends the server during the call.", "inputSchema": OBJECT},
    {"name": "end.once", "description": "Ends the first of two servers.", "inputSchema": TEXT},
    {"name": "end_soon", "description": "Ends the server after the call.", "inputSchema": OBJECT},
    {"name": "wait", "description": "Waits until it is cancelled.", "inputSchema": TEXT},
    {"name": "steps", "description": "Tells its progress.", "inputSchema": OBJECT},
    {"name": "learn", "description": "Adds a tool.", "inputSchema": OBJECT},
    {"name": "who", "description": "Tells the process and its environment.", "inputSchema": OBJECT},
]
waiting: dict[Any, str] = {}


def send(**message: Any) -> None:
    """Send a message."""
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def say(number: Any, text: str, **more: Any) -> None:
    """Answer a call."""
    send(id=number, result={"content": [{"type": "text", "text": text}], **more})


def call(number: Any, name: str, arguments: dict[str, Any], token: Any) -> None:
    """Run a tool."""
    match name:
        case "echo":
            say(number, str(arguments.get("text", "nothing")))
        case "big":
            say(number, "x" * arguments["size"])
        case "end":
            print("fatal error: out of cheese", file=sys.stderr, flush=True)
            os._exit(7)
        case "end.once":
            mark = Path(arguments["text"])
            if not mark.exists():
                mark.touch()
                os._exit(7)
            say(number, "survived")
        case "end_soon":
            say(number, "goodbye")
            os._exit(0)
        case "wait":
            waiting[number] = arguments["text"]
        case "steps":
            for step in ("first", "second", *map(str, range(arguments.get("more", 0)))):
                progress = {"progressToken": token, "progress": 1, "message": step}
                send(method="notifications/progress", params=progress)
            say(number, "done")
        case "learn":
            TOOLS.append({"name": "sing", "inputSchema": OBJECT})
            send(method="notifications/tools/list_changed")
            say(number, "learned")
        case "who":
            say(number, json.dumps({"pid": os.getpid(), "env": dict(os.environ), "cwd": os.getcwd()}))
        case _:
            say(number, f"there is no {name}", isError=True)


def answer(message: dict[str, Any]) -> None:
    """Answer a message."""
    number, params = message.get("id"), message.get("params") or {}
    match message["method"]:
        case "initialize":
            about = {
                "protocolVersion": "2025-06-18",
                "capabilities": {"tools": {"listChanged": True}},
                "serverInfo": {"name": "small", "version": "1"},
            }
            send(id=number, result=about)
        case "tools/list":
            if "changing" in sys.argv:
                send(method="notifications/tools/list_changed")
                print("listed", file=sys.stderr, flush=True)
            more = {"nextCursor": "again"} if "pages" in sys.argv else {}
            send(id=number, result={"tools": [] if params.get("cursor") else TOOLS} | more)
        case "tools/call":
            token = (params.get("_meta") or {}).get("progressToken")
            call(number, params["name"], params.get("arguments") or {}, token)
        case "notifications/cancelled":
            if mark := waiting.pop(params["requestId"], None):
                Path(mark).write_text("cancelled", encoding="utf-8")
        case method if number is not None:
            if "strict" in sys.argv:  # like servers made with the library rmcp
                print("expected initialize", file=sys.stderr)
                sys.exit(1)
            send(id=number, error={"code": -32601, "message": f"unknown method {method}"})


def main() -> None:
    """Serve, as the arguments say."""
    if "exit" in sys.argv:
        print("starting\nerror: no licence key\nbye", file=sys.stderr)
        sys.exit(3)
    if "long" in sys.argv:
        print("error:", "x" * 10_000, file=sys.stderr)
        sys.exit(3)
    if "noise" in sys.argv:
        print("Welcome!\n\n{not json}\n\x1b[31mred\x1b[0m", flush=True)
        print("secret is", os.environ.get("KEY"), "\x1b[2J", file=sys.stderr, flush=True)
    if "child" in sys.argv:
        print("child", subprocess.Popen(["sleep", "600"]).pid, file=sys.stderr, flush=True)
    if "stubborn" in sys.argv:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while "hang" in sys.argv:
        time.sleep(60)
    for line in sys.stdin:
        answer(json.loads(line))
    while "stubborn" in sys.argv:
        time.sleep(60)


if __name__ == "__main__":
    main()
