"""A server with OpenAI's API over real sockets, scripted by each test."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from voicebot import ChatEvent, ChatRequest, Message, TextDelta
from voicebot_emulator.account import Account
from voicebot_emulator.script import Script
from voicebot_emulator.server import Emulator
from voicebot_openai.azure_chat import AzureChatModel
from voicebot_openai.azure_options import AzureChatOptions
from voicebot_openai.chat import OpenAIChatModel
from voicebot_openai.options import OpenAIChatOptions

KEY = "sk-very-secret-0123456789"


class Exchange:
    """One request and the means to answer it, well or badly."""

    def __init__(self, server: ChatServer, path: str, headers: dict[str, str], body: dict[str, Any]) -> None:
        self.server = server
        self.path = path
        self.headers = headers
        self.body = body
        self.data = b""
        self.writer: asyncio.StreamWriter
        self.reader: asyncio.StreamReader

    @property
    def question(self) -> str:
        return str(self.body["messages"][-1]["content"])

    async def send(self, status: int, body: Any, *, kind: str = "application/json", extra: str = "") -> None:
        """Answer with one complete body."""
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        head = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(data)}\r\n{extra}\r\n"
        self.writer.write(head.encode() + data)
        await self.writer.drain()

    async def begin(self) -> None:
        """Begin a stream of events."""
        head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        self.writer.write(head.encode())
        await self.writer.drain()

    async def raw(self, data: str) -> None:
        """Send raw bytes."""
        self.writer.write(f"{len(data.encode()):x}\r\n{data}\r\n".encode())
        await self.writer.drain()

    async def stream(self, body: bytes, *, kind: str = "text/event-stream", size: int = 0) -> None:
        """Answer with these bytes, in chunks of `size` if given, and close the connection."""
        self.writer.write(f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\nconnection: close\r\n\r\n".encode())
        for at in range(0, len(body), size or len(body) or 1):
            self.writer.write(body[at : at + size] if size else body)
            await self.writer.drain()
            await asyncio.sleep(0)
        self.writer.close()

    async def event(self, data: Any) -> None:
        """Send one event of the stream."""
        await self.raw(f"data: {json.dumps(data)}\n\n")

    async def delta(self, finish: str | None = None, **delta: Any) -> None:
        """Send a chunk of the reply."""
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        await self.event({"id": "1", "object": "chat.completion.chunk", "choices": [choice]})

    async def done(self) -> None:
        """End the stream as the protocol requires."""
        await self.raw("data: [DONE]\n\n")
        self.writer.write(b"0\r\n\r\n")
        await self.writer.drain()

    async def until_gone(self) -> None:
        """Wait until the client has closed the connection."""
        with suppress(ConnectionResetError):
            assert await self.reader.read(1) == b""
        self.server.hung_up.set()

    def cut(self) -> None:
        """Close the connection in the middle."""
        self.writer.transport.abort()


Answer = Callable[[Exchange], Awaitable[None]]


async def say_hello(exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.delta(role="assistant", content="")
    for word in ("Hello", " there", "."):
        await exchange.delta(content=word)
    await exchange.delta("stop")
    await exchange.done()


class ChatServer:
    """Answers POST with `answer`, and GET of the models with `models` or `greet`."""

    def __init__(self, answer: Answer = say_hello) -> None:
        self.answer = answer
        self.greet: Answer | None = None
        self.models: tuple[str, ...] = ("test-model",)
        self.requests: list[Exchange] = []
        self.connections = 0
        self.hung_up = asyncio.Event()
        self.base_url = ""
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> ChatServer:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self.base_url = f"http://127.0.0.1:{self.port}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while line := await reader.readline():
                await self._serve(line.decode(), reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except asyncio.CancelledError:  # the server closes; asyncio.streams would log a cancelled task
            pass
        finally:
            writer.close()

    async def _serve(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, path, _ = line.split()
        headers = {}
        while header := (await reader.readline()).decode().strip():
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        is_json = headers.get("content-type", "").startswith("application/json")
        exchange = Exchange(self, path, headers, json.loads(body or "{}") if is_json else {})
        exchange.data = body
        exchange.reader, exchange.writer = reader, writer
        if method == "POST":
            self.requests.append(exchange)
            await self.answer(exchange)
        elif self.greet is not None:
            await self.greet(exchange)
        else:
            models = [{"id": name, "object": "model"} for name in self.models]
            await exchange.send(200, {"object": "list", "data": models})

    @asynccontextmanager
    async def model(self, **options: Any) -> AsyncIterator[OpenAIChatModel]:
        """A started chat model that is connected to this server."""
        options = {"model": "test-model", "base_url": self.base_url, "api_key": KEY, **options}
        model = OpenAIChatModel(OpenAIChatOptions.model_validate(options))
        await model.start()
        try:
            yield model
        finally:
            await model.aclose()


class Azure:
    """The emulator and a started chat model that talks to it; faults are set once the model has started."""

    def __init__(self, emulator: Emulator, model: AzureChatModel) -> None:
        self.emulator = emulator
        self.model = model

    def requests(self) -> list[dict[str, Any]]:
        """Return the bodies of all requests for a reply, without the check at start."""
        found = [json.loads(entry.body) for entry in self.emulator.journal.find(what="completion")]
        return [body for body in found if body["messages"]]


@asynccontextmanager
async def azure_talk(
    *answers: Any, faults: tuple[str, ...] = (), model: str = "gpt-5.4-mini", **options: Any
) -> AsyncIterator[Azure]:
    """Run the emulator with the deployment `chat`, and a chat model that is connected to it."""
    account = Account(openai_key=KEY, deployments={"chat": model})
    async with Emulator(Script(answered=answers or ("Arr, matey. It rains.",)), account=account) as emulator:
        chat = AzureChatModel(azure_options(f"http://127.0.0.1:{emulator.port}", **options))
        await chat.start()
        try:
            emulator.set_faults(faults)
            yield Azure(emulator, chat)
        finally:
            await chat.aclose()


def azure_options(endpoint: str = "https://pirates.openai.azure.com/", **options: Any) -> AzureChatOptions:
    return AzureChatOptions.model_validate(
        {"endpoint": endpoint, "deployment": "chat", "api_key": KEY, **options}
    )


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the proxies from the environment."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def azure() -> Callable[..., Any]:
    return azure_talk


@pytest.fixture
def options_of() -> Callable[..., AzureChatOptions]:
    return azure_options


@pytest.fixture
def chat_server() -> type[ChatServer]:
    return ChatServer


@pytest.fixture
def ask() -> Callable[..., Awaitable[list[ChatEvent]]]:
    async def collect(model: OpenAIChatModel, question: str = "Hello?") -> list[ChatEvent]:
        messages = (Message("system", "Be brief."), Message("user", question))
        return [event async for event in model.reply(ChatRequest(messages))]

    return collect


@pytest.fixture
def text_of() -> Callable[[list[ChatEvent]], str]:
    return lambda events: "".join(event.text for event in events if isinstance(event, TextDelta))


@pytest.fixture
def key() -> str:
    return KEY


@pytest.fixture
def closed_port() -> int:
    """A port where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
