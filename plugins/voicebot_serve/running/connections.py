"""uvicorn's connections, with limits on what a client may cost beside its messages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from voicebot_serve.running.rates import Allowance

if TYPE_CHECKING:
    from websockets.frames import Frame

logger = logging.getLogger(__name__)
_REQUEST_TIMEOUT = 10.0
"""Seconds that a connection may take to send a request with its body."""
_READ = 16_384
"""Bytes that are read at once. They are taken apart in one go, in which conversations stand still: 256 kB, as
asyncio reads, can be 40,000 pings."""
_CONTROL_RATE, _CONTROL_BURST = 50.0, 500.0
"""Pings, pongs and parts of messages that a client may send a second, and at once."""


def http_protocol(admits: Callable[[str], bool]) -> type[asyncio.Protocol]:
    """Return the protocol of HTTP connections.

    Args:
        admits: returns whether an address may connect once more.
    """
    import h11
    from uvicorn.protocols.http.h11_impl import H11Protocol

    incomplete = (h11.IDLE, h11.SEND_BODY)

    class ImpatientProtocol(H11Protocol):
        """Closes connections that do not send a whole request, of which many would keep others out."""

        _deadline: asyncio.TimerHandle | None = None
        _is_admitted = False

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            peer = transport.get_extra_info("peername")
            if isinstance(peer, tuple) and not admits(str(peer[0])):
                transport.abort()  # before anything is read, which would cost fifty times as much
                return
            self._is_admitted = True
            super().connection_made(transport)
            transport.max_size = _READ  # type: ignore[attr-defined]
            self._hurry()

        def connection_lost(self, exc: Exception | None) -> None:
            if self._is_admitted:
                self._has_come()
                super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.transport.get_protocol() is not self or self.conn.their_state not in incomplete:
                self._has_come()
            elif self._deadline is None:
                self._hurry()  # uvicorn waits for ever for the rest of what begins now

        def _hurry(self) -> None:
            self._deadline = self.loop.call_later(_REQUEST_TIMEOUT, self.transport.close)

        def _has_come(self) -> None:
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None

    return ImpatientProtocol


def websocket_protocol() -> type[asyncio.Protocol]:
    """Return the protocol of WebSockets."""
    from uvicorn.protocols.utils import ClientDisconnected
    from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

    class FrugalProtocol(WebSocketsSansIOProtocol):
        """Closes connections with more frames than a conversation can need, and pauses them seldom."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._frames = Allowance(_CONTROL_RATE, _CONTROL_BURST)

        def handle_ping(self) -> None:
            if self._may_go_on():
                super().handle_ping()

        def handle_pong(self, event: Frame) -> None:
            if self._may_go_on():
                super().handle_pong(event)

        def handle_cont(self, event: Frame) -> None:
            if self._may_go_on():
                super().handle_cont(event)

        def send_receive_event_to_app(self) -> None:
            """Pass a message on. Unlike uvicorn, read on unless one waits already: pausing costs much."""
            data, self.frames = b"".join(self.frames), []
            if self.close_sent:
                return
            if self.curr_msg_data_type == "text":
                try:
                    self.queue.put_nowait({"type": "websocket.receive", "text": data.decode()})
                except UnicodeDecodeError:  # uvicorn would log a traceback
                    self.conn.send_close(1007)
                    self.handle_parser_exception()
                    return
            else:
                self.queue.put_nowait({"type": "websocket.receive", "bytes": data})
            if self.queue.qsize() > 1 and not self.read_paused:
                self.read_paused = True
                self.transport.pause_reading()

        async def send(self, message: Any) -> None:
            if self.transport.is_closing() and message["type"] == "websocket.send":
                raise ClientDisconnected  # asyncio would log a warning of each one to a lost connection
            await super().send(message)
            if message["type"] == "websocket.http.response.body" and not message.get("more_body"):
                self.handshake_complete = True  # or uvicorn logs an error for each client that is refused

        def _may_go_on(self) -> bool:
            if self._frames.take(self.loop.time()):
                return True
            if not self.transport.is_closing():
                logger.info("closed a WebSocket that sent too many pings or parts of messages")
                self.transport.abort()
            return False

    return FrugalProtocol
