"""uvicorn, made to drain: a signal lets the conversations finish before the server stops."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import uvicorn

_REQUEST_TIMEOUT = 10.0
"""Seconds that a connection may take to send its request."""
_FALSE_ALARM = "ASGI callable returned without completing handshake."
_LONGEST_MESSAGE = 50_000_000
"""Bytes; a bot's `serve.limits.message` is usually less."""


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
) -> None:
    """Serve an application until a signal comes and `drain` has returned.

    Args:
        drain: lets the conversations finish; called with whether somebody waits (Ctrl-C).
        longest_message: bytes of the longest WebSocket message.
        is_over: asked several times a second; like Ctrl-C once it is true.
    """
    await _server(config_for(app, longest_message), drain, is_over).serve([listening])


def config_for(app: Any, longest_message: int) -> uvicorn.Config:
    """Return how uvicorn runs the application."""
    import uvicorn

    logging.getLogger("uvicorn.error").addFilter(_is_no_false_alarm)
    return uvicorn.Config(
        app,
        http=_http_protocol(),
        ws="websockets-sansio",
        ws_max_size=min(longest_message, _LONGEST_MESSAGE),
        ws_per_message_deflate=False,  # it costs more CPU than sound gains, and memory for each connection
        proxy_headers=False,  # ours are believed from the proxies that a config trusts
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=5,
        lifespan="on",
    )


def _server(
    config: uvicorn.Config, drain: Callable[[bool], Awaitable[None]], is_over: Callable[[], bool]
) -> uvicorn.Server:
    import uvicorn

    class DrainingServer(uvicorn.Server):
        """Drains at the first signal, and stops at the second."""

        _draining: asyncio.Future[None] | None = None
        _signal: int | None = None

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


def _is_no_false_alarm(record: logging.LogRecord) -> bool:
    """Leave out what uvicorn reports as an error of every WebSocket that is refused with an HTTP status."""
    return record.msg != _FALSE_ALARM


def _http_protocol() -> type[asyncio.Protocol]:
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class ImpatientProtocol(H11Protocol):
        """Closes connections that do not send a request, of which many would keep others out."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._deadline = self.loop.call_later(_REQUEST_TIMEOUT, self._give_up)

        def connection_lost(self, exc: Exception | None) -> None:
            self._deadline.cancel()
            super().connection_lost(exc)

        def _give_up(self) -> None:
            if self.cycle is None and self.transport.get_protocol() is self:
                self.transport.close()

    return ImpatientProtocol
