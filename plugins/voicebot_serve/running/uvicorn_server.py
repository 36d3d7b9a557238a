"""uvicorn, made to drain: a signal lets the conversations finish before the server stops."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import TYPE_CHECKING, Any

from voicebot_serve.running.connections import http_protocol, websocket_protocol

if TYPE_CHECKING:
    import uvicorn

_LONGEST_MESSAGE = 50_000_000
"""Bytes; a bot's `serve.limits.message` is usually less."""


def leave_startup_to_itself() -> None:
    """Have the garbage collector pass over what there is now, mostly modules, which stays anyway.

    Otherwise it goes through all of that again and again, and all conversations stand still for it. Through
    what came since and was kept, it goes ten times less often than usual: when many clients come and go, that
    would be every few seconds, for a tenth of one.
    """
    gc.collect()
    gc.freeze()
    young, old, oldest = gc.get_threshold()
    gc.set_threshold(young, old, 10 * oldest)


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens on an address.

    Raises:
        OSError: it cannot be used.
    """
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    return socket.create_server(address[:2], family=family, backlog=2048)


async def serve(
    app: Any,
    listening: socket.socket,
    drain: Callable[[bool], Awaitable[None]],
    longest_message: int,
    is_over: Callable[[], bool] = lambda: False,
    ready: Callable[[], None] | None = None,
    admits: Callable[[str], bool] = lambda _: True,
) -> None:
    """Serve an application until a signal comes and `drain` has returned.

    Args:
        drain: lets the conversations finish; called with whether somebody waits (Ctrl-C).
        longest_message: bytes of the longest WebSocket message.
        is_over: asked several times a second; like Ctrl-C once it is true.
        ready: called when clients can come, and signals are waited for.
        admits: returns whether an address may connect once more.
    """
    await _server(config_for(app, longest_message, admits), drain, is_over, ready).serve([listening])


def config_for(
    app: Any, longest_message: int, admits: Callable[[str], bool] = lambda _: True
) -> uvicorn.Config:
    """Return how uvicorn runs the application."""
    import uvicorn

    return uvicorn.Config(
        app,
        http=http_protocol(admits),
        ws=websocket_protocol(),
        ws_max_size=min(longest_message, _LONGEST_MESSAGE),
        ws_per_message_deflate=False,  # it costs more CPU than sound gains, and memory for each connection
        proxy_headers=False,  # ours are believed from the proxies that a config trusts
        server_header=False,
        access_log=False,
        log_config=None,
        # Below that, each malformed request is a line; and further below, frames and headers are logged, with
        # keys and what was said.
        log_level="error",
        timeout_graceful_shutdown=5,
        lifespan="on",
    )


def _server(
    config: uvicorn.Config,
    drain: Callable[[bool], Awaitable[None]],
    is_over: Callable[[], bool],
    ready: Callable[[], None] | None,
) -> uvicorn.Server:
    import uvicorn

    class DrainingServer(uvicorn.Server):
        """Drains at the first signal, and stops at the second."""

        _draining: asyncio.Future[None] | None = None
        _signal: int | None = None

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            leave_startup_to_itself()
            if ready is not None:
                ready()

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            if self._signal is None:
                self._signal = sig
            else:
                super().handle_exit(sig, frame)

        async def on_tick(self, counter: int) -> bool:
            if self._signal is None and is_over():
                self._signal = signal.SIGINT
            if self._signal is not None and self._draining is None:
                self._draining = asyncio.ensure_future(drain(self._signal == signal.SIGINT))
            if self._draining is not None and self._draining.done():
                self._draining.result()
                self.should_exit = True
            return await super().on_tick(counter)

    return DrainingServer(config)
