"""A web server on this machine that sends anything, and calls of it."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from voicebot import ToolEvent
from voicebot_tools.web.options import HttpToolOptions
from voicebot_tools.web.toolset import HttpToolset


@dataclass
class Request:
    """One request, as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    names: list[str]
    """Of its headers, each as often as it was sent."""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def response(
    body: bytes | str | dict[str, Any] | list[Any] = b"",
    status: str = "200 OK",
    content_type: str = "application/json",
    headers: str = "",
) -> bytes:
    """Return a whole response; an object is sent as JSON."""
    if isinstance(body, dict | list):
        body = json.dumps(body)
    data = body.encode() if isinstance(body, str) else body
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(data)}\r\n{headers}\r\n"
    )
    return head.encode() + data


@dataclass
class Server:
    """Sends the next of `queue`, what `answers` says for a path, or `answer`; keeps the requests."""

    answer: bytes = field(default_factory=lambda: response({"ok": True}))
    answers: dict[str, bytes] = field(default_factory=dict)
    queue: list[bytes] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = dict(line.lower().split(": ", 1) if ": " in line else ("", "") for line in lines)
            kept = dict(line.split(": ", 1) for line in lines if ": " in line)
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            names = [line.partition(": ")[0] for line in lines if line]
            method, target, _ = first.split(" ")
            self.requests.append(
                Request(method, target, {k.lower(): v for k, v in kept.items()}, body, names)
            )
            usual = self.answers.get(self.requests[-1].path, self.answer)
            writer.write(self.queue.pop(0) if self.queue else usual)
            await writer.drain()
        writer.close()


Ask = Callable[..., list[ToolEvent]]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def ask(server: Server, call: Any) -> Ask:
    """Return a function that calls a tool `f` of a toolset once for each of some arguments or answers.

    `{server}` in its URL is the server's address. With `encrypted`, which is a certificate and its key, the
    server speaks TLS.
    """

    def ask(
        *arguments: Any,
        encrypted: Any = None,
        answers: Sequence[bytes] = (),
        url: str = "{server}/",
        **options: Any,
    ) -> list[ToolEvent]:
        server.queue = list(answers)
        context = None
        if encrypted is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(*encrypted)

        async def run() -> list[ToolEvent]:
            async with await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=context) as listening:
                server.port = listening.sockets[0].getsockname()[1]
                scheme = "http" if context is None else "https"
                address = url.replace("{server}", f"{scheme}://localhost:{server.port}")
                described = {"description": "Do it.", "url": address, **options}
                toolset = HttpToolset(
                    HttpToolOptions.model_validate({"allow": ["f"], "tools": {"f": described}})
                )
                await toolset.start()
                try:
                    events = [
                        await call(toolset, "f", each) for each in arguments or [{}] * (len(answers) or 1)
                    ]
                finally:
                    await toolset.aclose()
                return [event for each in events for event in each]

        return asyncio.run(run())

    return ask
