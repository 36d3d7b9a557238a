"""Real MCP servers: a small program, and one with an HTTP address made with the package `mcp`."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from voicebot import ToolCall, ToolCaller, ToolResult
from voicebot_mcp import sdk
from voicebot_mcp.options import McpOptions
from voicebot_mcp.toolset import McpToolset

sdk.load()

import uvicorn  # noqa: E402
from mcp.server.mcpserver import Context, MCPServer  # noqa: E402

PROGRAM = Path(__file__).with_name("stdio_server.py")


class Nobody(ToolCaller):
    """A caller whose conversation no tool changes."""

    conversation = "talk"
    language = "en-US"

    def end_conversation(self) -> None:
        raise NotImplementedError

    def stay_silent(self) -> None:
        raise NotImplementedError

    def set_patience(self, earliest: float, latest: float) -> None:
        raise NotImplementedError

    def remember(self, fact: str) -> None:
        raise NotImplementedError


async def _call(toolset: McpToolset, name: str, **arguments: Any) -> ToolResult:
    """Run a tool; its progress must come first and its result last."""
    async with aclosing(toolset.call(ToolCall("1", name, json.dumps(arguments)), Nobody())) as events:
        seen = [event async for event in events]
    assert [type(event) is ToolResult for event in seen] == [False] * (len(seen) - 1) + [True]
    assert isinstance(seen[-1], ToolResult)
    return seen[-1]


@asynccontextmanager
async def _started(options: McpOptions) -> AsyncIterator[McpToolset]:
    """Start a toolset; afterwards, no thread and no task of it is left, and none was cancelled."""
    toolset = McpToolset(options)
    try:
        await toolset.start()
        yield toolset
    finally:
        await toolset.aclose()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("MCP")] == []
    (this,) = asyncio.all_tasks()
    assert this.cancelling() == 0


@pytest.fixture
def call() -> Callable[..., Awaitable[ToolResult]]:
    """Return a function that runs a tool and returns its result."""
    return _call


@pytest.fixture
def started() -> Callable[[McpOptions], AbstractAsyncContextManager[McpToolset]]:
    """Return a context manager that starts a toolset, and checks that nothing of it is left."""
    return _started


@pytest.fixture
def caller() -> ToolCaller:
    """Return a caller whose conversation no tool changes."""
    return Nobody()


@pytest.fixture
def program() -> Callable[..., McpOptions]:
    """Return a function that makes the options for the program, which misbehaves as its arguments say."""

    def options(*arguments: str, **values: Any) -> McpOptions:
        command = (sys.executable, "-I", str(PROGRAM), *arguments)
        return McpOptions(**{"allow": (), "command": command, "start_timeout": 60} | values)

    return options


@pytest.fixture
def warnings_logged(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Return a function that returns the warnings that were logged so far."""
    return lambda: [
        each.getMessage()
        for each in caplog.records
        if each.levelno >= logging.WARNING and not each.name.startswith("uvicorn")
    ]


@pytest.fixture
def warned() -> Iterator[Callable[[], Awaitable[None]]]:
    """Return a function that waits for the next warning of the toolset."""

    class Waking(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if waiting:
                waiting.pop().set()

    waiting: list[asyncio.Event] = []
    handler = Waking(logging.WARNING)
    logging.getLogger("voicebot_mcp").addHandler(handler)

    async def warned() -> None:
        waiting.append(event := asyncio.Event())
        await event.wait()

    yield warned
    logging.getLogger("voicebot_mcp").removeHandler(handler)


class WebServer:
    """A server with an HTTP address, in a thread; it can be stopped and started again on its port.

    `tokens` are those that it accepts, if any; `page` is sent in place of every answer, which
    is said to be compressed JSON if it is `compressed`.
    """

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.tokens: set[str] = set()
        self.page = b""
        self.compressed = False
        self.calls: list[str] = []
        self.is_called = threading.Event()
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    def start(self) -> None:
        """Start, and wait until connections are accepted."""
        config = uvicorn.Config(
            self._app, port=self.port, ws="none", interface="asgi3", log_config=None, loop="asyncio"
        )
        self._mcp = self._tools().streamable_http_app()
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=asyncio.run, args=(_serve(self._server),), name="web server")
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive()
            self._thread.join(0.005)

    def stop(self) -> None:
        """Break all connections off."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = self._server.force_exit = True
            self._thread.join()
            self._server = self._thread = None

    def _tools(self) -> MCPServer:
        server = MCPServer("web")

        @server.tool()
        def echo(text: str) -> str:
            """Say it again."""
            self.calls.append(text)
            return text

        @server.tool()
        def big(size: int) -> str:
            """Return that many bytes."""
            return "x" * size

        @server.tool()
        async def learn(context: Context) -> str:
            """Add a tool."""
            server.add_tool(lambda: "la", name="sing")
            await context.notify_tools_changed()
            return "learned"

        @server.tool()
        def repeat(context: Context) -> str:
            """Repeat the credentials."""
            return str((context.headers or {}).get("authorization"))

        @server.tool()
        async def wait(context: Context) -> str:
            """Wait for ever."""
            self.calls.append("wait")
            await context.report_progress(1, 2, "waiting")
            await asyncio.Event().wait()
            return ""

        return server

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        """Check the token, then serve; or send the page."""
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            accepted = {f"Bearer {token}".encode() for token in self.tokens}
            if accepted and headers.get(b"authorization") not in accepted:
                await _send(send, 401, b"", b"text/plain")
                return
            if self.page:
                kind = b"application/json" if self.compressed else b"text/html"
                await _send(send, 200, self.page, kind, compressed=self.compressed)
                return
        await self._mcp(scope, receive, send)


async def _serve(server: uvicorn.Server) -> None:
    """Serve until the server is stopped; then break all connections off, as the end of a process does."""
    await server.serve()
    for connection in list(server.server_state.connections):
        connection.transport.abort()
    await asyncio.sleep(0)


async def _send(send: Any, status: int, body: bytes, kind: bytes, *, compressed: bool = False) -> None:
    headers = [(b"content-type", kind)] + [(b"content-encoding", b"gzip")] * compressed
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def web() -> Iterator[WebServer]:
    """Return a server that is started and stopped by the test."""
    server = WebServer()
    yield server
    server.stop()
