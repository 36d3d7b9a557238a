"""A server in a thread of its own, beside which a browser is driven; and a network that can be lost."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import uvicorn
from starlette.responses import FileResponse
from starlette.routing import Route

from voicebot import Bot, ChatModel, Options, config_named, load_config
from voicebot.testing import ScriptedSynthesizer
from voicebot_serve.app import application
from voicebot_serve.bots import ClientDevice, ServedBot, started
from voicebot_serve.options import ServeOptions
from voicebot_serve.running.uvicorn_server import config_for, listening_socket
from voicebot_serve.server import Server
from voicebot_serve.store.embedded import EmbeddedStore
from voicebot_serve.store.keeper import Keeper

from ..sailor import SameWords
from ..serving import CalmLoop

Bots = Callable[[], AbstractAsyncContextManager[Mapping[str, ServedBot]]]
TAP = Path(__file__).with_name("tap.js")
WORD = 0.04
"""Seconds of each word of the bot with a tone for a voice."""


def offline() -> AbstractAsyncContextManager[Mapping[str, ServedBot]]:
    """Return the pirate who needs no network."""
    return bot_of(config_named(Path("offline")))


def bot_of(config: Path) -> AbstractAsyncContextManager[Mapping[str, ServedBot]]:
    """Return the bot of a config."""
    return started([load_config(config)])


def toneful(chat: ChatModel[Any], recognizer: SameWords | None = None) -> Bots:
    """Return a bot that hears the same words in any speech, and whose every word is a tone of one length."""
    tone = b"".join(
        int(9000 * (-1) ** (index // 12)).to_bytes(2, "little", signed=True) for index in range(320)
    )

    @asynccontextmanager
    async def enter() -> AsyncGenerator[Mapping[str, ServedBot], None]:
        config = load_config(config_named(Path("offline")))
        settings = config.settings.model_copy(update={"echo": "none", "greeting": ""})
        async with Bot(
            recognizer=recognizer or SameWords(),
            chat=chat,
            synthesizer=ScriptedSynthesizer(chunk=tone, word_timings=True, seconds_per_character=WORD / 3),
            device=ClientDevice(Options()),
            voice_activity=config.voice_activity.make() if config.voice_activity else None,  # type: ignore[arg-type]
            settings=settings,
        ) as bot:
            yield {"offline": ServedBot("offline", bot, ServeOptions())}

    return enter


@contextmanager
def in_thread(
    run: Callable[[Callable[[Any], None], asyncio.Event], Coroutine[Any, Any, None]],
) -> Iterator[Any]:
    """Run something that says when it is ready, and with what, and ends when its event is set."""
    ready, told = threading.Event(), []
    stops: list[Callable[[], Any]] = []

    async def main() -> None:
        end, loop = asyncio.Event(), asyncio.get_running_loop()
        stops.append(lambda: loop.call_soon_threadsafe(end.set))

        def tell(what: Any) -> None:
            told.append(what)
            ready.set()

        await run(tell, end)

    def work() -> None:
        try:
            asyncio.run(main())
        finally:
            ready.set()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        ready.wait()
        assert told, "it did not start; the error is in the output"
        yield told[0]
    finally:
        if thread.is_alive():
            stops[0]()
        thread.join()


@contextmanager
def serving_page(
    bots: Bots = offline, port: int = 0, kept: Path | None = None, *, watch: bool = False
) -> Iterator[int]:
    """Serve bots and their page; yield the port. At the end, conversations are cut off.

    Args:
        watch: whether to follow edits of their configs.
        kept: the file in which conversations are kept; by default, they are kept in memory.
    """

    async def run(tell: Callable[[int], None], end: asyncio.Event) -> None:
        listening = listening_socket("127.0.0.1", port)
        keeper = Keeper(EmbeddedStore(kept)) if kept is not None else None
        async with Server(bots(), lag=CalmLoop(), keeper=keeper, watch=watch) as server:
            app = application(server)
            app.router.routes.insert(0, Route("/page/test/tap.js", lambda _: FileResponse(TAP)))
            config = config_for(app, 1_000_000)
            config.load()
            http = uvicorn.Server(config)
            http.lifespan = config.lifespan_class(config)
            await http.startup([listening])
            tell(listening.getsockname()[1])
            await end.wait()
            http.force_exit = True
            await http.shutdown([listening])

    with in_thread(run) as found:
        yield found


class Network:
    """A way to a server that can be lost: what is sent then is neither answered nor refused."""

    def __init__(self, server: int) -> None:
        self._server = server
        self._is_lost = False
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    def lose(self) -> None:
        """Let nothing through any more."""
        self._is_lost = True

    def come_back(self) -> None:
        """Let new connections through; the old ones stay silent."""
        self._is_lost = False

    async def run(self, tell: Callable[[Network], None], end: asyncio.Event) -> None:
        """See `in_thread`."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        tell(self)
        await end.wait()
        server.close()
        for writer in self._writers:
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        if self._is_lost:
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._server)
        self._writers.add(back)
        lost: list[bool] = []
        await asyncio.gather(self._pass(reader, back, lost), self._pass(there, writer, lost))

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, lost: list[bool]) -> None:
        with suppress(OSError):
            while data := await source.read(65_536):
                if self._is_lost or lost:
                    lost.append(True)
                    continue
                sink.write(data)
                await sink.drain()
        if not lost:
            sink.close()
