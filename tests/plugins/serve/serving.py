"""A real server on a free port of this machine, with scripted providers, and a protocol as a stranger's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import ClassVar

import uvicorn

from voicebot import AudioFormat, Bot, BotTurnEnded, Options, Settings
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedVoiceActivity,
)
from voicebot_serve.access.gate import Gate
from voicebot_serve.app import application
from voicebot_serve.bots import ClientDevice, ServedBot
from voicebot_serve.options import ServeOptions
from voicebot_serve.running.loop_lag import LoopLag
from voicebot_serve.running.uvicorn_server import config_for, listening_socket
from voicebot_serve.server import Server
from voicebot_serve.sessions.output import Cleared, Sound
from voicebot_serve.sessions.session import Session
from voicebot_serve.store.keeper import Keeper
from voicebot_serve.telephony.carriers import chosen_carriers
from voicebot_serve.transport import Client, Refusal, Transport

FORMAT = AudioFormat(16_000)


class LineTransport(Transport):
    """Lines of text and sound in; sound, and what was heard, out."""

    name: ClassVar[str] = "line"
    paths: ClassVar[tuple[str, ...]] = ("/line",)
    subprotocols: ClassVar[tuple[str, ...]] = ("line",)

    async def refuse(self, client: Client, refusal: Refusal) -> None:
        await client.send(json.dumps({"refused": refusal.reason}))

    async def serve(self, client: Client, session: Session) -> None:
        first = await client.receive()
        if first == "break":
            raise RuntimeError("a secret of the transport")
        if first == "return":
            return
        session.begin(FORMAT, FORMAT)
        self._take(client, session, first)
        async with asyncio.TaskGroup() as tasks:
            receiving = tasks.create_task(self._receive(client, session))
            async for each in session.outgoing():
                match each:
                    case Sound(audio):
                        await client.send(audio)
                    case Cleared():
                        await client.send(json.dumps({"cleared": True}))
                    case BotTurnEnded(heard=heard):
                        await client.send(json.dumps({"said": heard}))
                    case _:
                        pass
            receiving.cancel()

    async def _receive(self, client: Client, session: Session) -> None:
        while True:
            self._take(client, session, await client.receive())

    def _take(self, client: Client, session: Session, payload: str | bytes) -> None:
        if isinstance(payload, bytes):
            client.audio_received(FORMAT.seconds_in(len(payload)))
            session.stream.receive(payload)
        elif payload == "junk":
            client.junk_received()
        elif payload == "bye":
            session.end()
        else:
            session.stream.receive_text(payload)


def scripted_bot(settings: Settings | None = None) -> Bot:
    return Bot(
        recognizer=ScriptedRecognizer(),
        chat=ScriptedChatModel(),
        synthesizer=ScriptedSynthesizer(),
        device=ClientDevice(Options()),
        voice_activity=ScriptedVoiceActivity(),
        settings=settings,
    )


class CalmLoop(LoopLag):
    """Finds a busy machine calm, unless a test says otherwise."""

    is_overloaded = False  # type: ignore[assignment]

    async def run(self) -> None:
        await asyncio.Event().wait()


@asynccontextmanager
async def scripted_bots(
    bots: Mapping[str, ServeOptions], settings: Settings, make: Callable[[Settings], Bot]
) -> AsyncGenerator[Mapping[str, ServedBot], None]:
    async with AsyncExitStack() as stack:
        yield {
            name: ServedBot(
                name,
                await stack.enter_async_context(make(settings)),
                options,
                chosen_carriers(options.telephony),
            )
            for name, options in bots.items()
        }


@dataclass
class Running:
    """A server that runs, and how to reach it."""

    server: Server
    port: int
    lag: CalmLoop

    @property
    def gate(self) -> Gate:
        return next(iter(self.server.gates.values()))

    def url(self, path: str = "/line") -> str:
        return f"ws://127.0.0.1:{self.port}{path}"

    async def get(
        self, path: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: str = ""
    ) -> tuple[int, dict[str, str], str]:
        """Return status, headers and body of a request."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = {"Host": f"127.0.0.1:{self.port}", "Connection": "close", **(headers or {})}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        writer.write(f"{method} {path} HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        answer = (await reader.read()).decode()
        writer.close()
        top, _, text = answer.partition("\r\n\r\n")
        status, *fields = top.split("\r\n")
        found = dict(each.lower().split(": ", 1) for each in fields)
        return int(status.split()[1]), found, text


@asynccontextmanager
async def serving(
    bots: Mapping[str, ServeOptions] | ServeOptions | None = None,
    *,
    settings: Settings | None = None,
    transports: Sequence[Transport] = (LineTransport(),),
    most: int = 100,
    keeper: Keeper | None = None,
    make: Callable[[Settings], Bot] = scripted_bot,
) -> AsyncGenerator[Running, None]:
    """Run a server while the block runs."""
    if bots is None or isinstance(bots, ServeOptions):
        bots = {"bot": bots or ServeOptions()}
    listening, lag = listening_socket("127.0.0.1", 0), CalmLoop()
    async with Server(
        scripted_bots(bots, settings or Settings(), make), most=most, lag=lag, keeper=keeper
    ) as server:
        running = Running(server, listening.getsockname()[1], lag)
        config = config_for(application(server, transports), 1_000_000, server.admits_connection)
        config.load()
        http = uvicorn.Server(config)
        http.lifespan = config.lifespan_class(config)
        await http.startup([listening])  # not `serve`, which handles signals and polls
        try:
            yield running
        finally:
            await server.drain(0, "")
            http.force_exit = True
            await http.shutdown([listening])
