"""Running a server in this process, alone or as one of several workers."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_network
from pathlib import Path

import click

from voicebot import BotConfig, printable
from voicebot_serve.access.origin import is_loopback
from voicebot_serve.app import application
from voicebot_serve.bots import named, options_of, started
from voicebot_serve.running import uvicorn_server
from voicebot_serve.running.metric_types import Metric
from voicebot_serve.running.shared_metrics import SharedMetrics
from voicebot_serve.running.workers import WorkerPlace
from voicebot_serve.server import Server
from voicebot_serve.store.keeper import Keeper
from voicebot_serve.store.opening import store_at

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Launch:
    """What the command line asks for.

    Args:
        drain: seconds that conversations may go on after SIGTERM.
        most: conversations at a time, in all processes.
        store: the address of the store that several servers share; by default, there is one on this machine.
        key: encrypts what is kept there.
        watch: whether a bot changes when its config is saved.
    """

    configs: Sequence[BotConfig]
    drain: float
    most: int
    store: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    watch: bool = True

    async def alone(self, listening: socket.socket, host: str) -> None:
        """Serve until a signal comes; say what to open when clients can come, and signals are waited for."""

        def ready() -> None:
            say_what_to_open(self.configs, host, listening.getsockname()[1])

        server = self._server(None)
        async with server:
            await self._serve(server, listening, lambda: False, ready)

    async def as_worker(self, place: WorkerPlace) -> None:
        """Serve until a signal comes, or the parent is gone."""
        share = partial(SharedMetrics, place.directory, place.number)
        server = self._server(place.directory, share, tells=place.number == 1)
        with socket.socket(fileno=place.descriptor) as listening:
            async with server:
                await self._serve(server, listening, lambda: place.is_orphaned)

    async def check_store(self, shared: Path) -> None:
        """Make the store that workers share, or see that it can be used, once and not in each of them.

        Raises:
            StoreError: it cannot be used.
        """
        async with Keeper(store_at(self.store, shared), self.key):
            pass

    def _server(
        self,
        shared: Path | None,
        share: Callable[[Sequence[Metric]], SharedMetrics] | None = None,
        *,
        tells: bool = True,
    ) -> Server:
        keeper = Keeper(store_at(self.store, shared), self.key)
        return Server(
            started(self.configs), most=self.most, keeper=keeper, share=share, watch=self.watch, tells=tells
        )

    async def _serve(
        self,
        server: Server,
        listening: socket.socket,
        is_over: Callable[[], bool],
        ready: Callable[[], None] | None = None,
    ) -> None:
        async def end(waits: bool) -> None:
            if (left := len(server.sessions)) and not waits:
                logger.warning("waiting up to %g s for %d conversations to end", self.drain, left)
            await server.drain(0 if waits else self.drain, "" if waits else None)

        longest = max(served.options.limits.message for served in server.bots.values())
        app, admits = application(server), server.admits_connection
        await uvicorn_server.serve(app, listening, end, longest, is_over, ready, admits)


def say_what_to_open(configs: Sequence[BotConfig], host: str, port: int) -> None:
    """Say where each bot is."""
    shown = f"[{host}]" if ":" in host else host
    bots = named(configs)
    for name, config in bots.items():
        path = "/" if len(bots) == 1 else f"/{name}/"
        click.echo(f"{printable(config.settings.name)} is at http://{shown}:{port}{path}")
    if not is_loopback(host) and not all(_has_proxy(config) for config in configs):
        logger.warning(
            "without TLS, others on the way can read keys and hear what is said, and browsers give no "
            "microphone to a page; put a proxy with TLS in front, and list its address in "
            "`serve.trusted_proxies`"
        )


def _has_proxy(config: BotConfig) -> bool:
    """Return whether a config names a proxy on another machine, which is taken to have TLS."""
    networks = (ip_network(each, strict=False) for each in options_of(config).trusted_proxies)
    return not all(network.is_loopback for network in networks)
