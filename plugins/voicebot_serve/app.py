"""The ASGI application, which any ASGI server can run: `app(load_config("pirate.yaml"))`."""

from __future__ import annotations

import importlib.metadata
import logging
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from voicebot import BotConfig
from voicebot_serve import page
from voicebot_serve.access.malformed import RefuseMalformed
from voicebot_serve.bots import started
from voicebot_serve.endpoints import Endpoints
from voicebot_serve.server import Server
from voicebot_serve.sockets import SocketEndpoint
from voicebot_serve.telephony.routes import routes as telephony
from voicebot_serve.transport import Transport

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.routing import BaseRoute

logger = logging.getLogger(__name__)
GROUP = "voicebot_serve"
"""The entry points of transports."""


def app(*configs: BotConfig, most: int = 100, watch: bool = False) -> Starlette:
    """Return an application that serves the bots of configs, which start with it.

    Args:
        most: conversations that there may be at a time.
        watch: whether a bot changes when its config is saved.
    """
    return application(Server(started(configs), most=most, watch=watch))


def application(server: Server, transports: Iterable[Transport] | None = None) -> Starlette:
    """Return the application of a server, which it enters unless that was done before.

    Args:
        transports: by default, our own and those that are installed.
    """
    from starlette.applications import Starlette
    from starlette.middleware import Middleware

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None, None]:
        if server.is_entered:
            yield
            return
        async with server:
            yield

    routes = [*Endpoints(server).routes(), *telephony(server)]
    for transport in installed_transports() if transports is None else transports:
        routes += _routes_of(transport, server)
    everything = [*routes, *page.routes(server)]
    return Starlette(routes=everything, middleware=[Middleware(RefuseMalformed)], lifespan=lifespan)


def installed_transports() -> list[Transport]:
    """Return our own transports, and those of the entry points; a broken one is left out with a warning."""
    from voicebot_serve.realtime.transport import RealtimeTransport

    found: list[Transport] = [RealtimeTransport()]
    for entry in importlib.metadata.entry_points(group=GROUP):
        try:
            transport = entry.load()()
            if not isinstance(transport, Transport):
                raise TypeError("it is not a voicebot_serve.transport.Transport")
        except Exception as error:  # a third party's module may raise anything
            logger.warning("the transport '%s' is left out: %s: %s", entry.name, type(error).__name__, error)
            continue
        found.append(transport)
    return found


def _routes_of(transport: Transport, server: Server) -> list[BaseRoute]:
    from starlette.routing import WebSocketRoute

    endpoint: Any = SocketEndpoint(server, transport)

    async def accept(websocket: Any) -> None:  # starlette takes an object for another ASGI application
        await endpoint(websocket)

    paths = [path for own in transport.paths for path in (own, "/{bot}" + own)]
    return [WebSocketRoute(path, accept) for path in paths]
