"""One client's WebSocket, with its limits."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from voicebot_serve.options import LimitOptions
from voicebot_serve.running.rates import Allowance
from voicebot_serve.transport import Client, ClientGone, Handshake, Payload

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

_SEND_TIMEOUT = 2.0
"""Seconds that a client may leave what is sent to it unread."""
_CLOSE_TIMEOUT = 2.0
_RATE, _BURST = 2.0, 10.0
"""How much faster than real time sound may come, and the seconds of sound that may come at once."""
_MESSAGE_RATE, _MESSAGE_BURST = 400.0, 1500.0
"""Messages that may come a second, and at once; sound at twice its speed in pieces of 10 ms is half of it."""
_ROUNDING = 1e-6
"""Seconds that are not worth waiting for, and that adding up times may leave."""
_AT_A_TIME = 10
"""Messages after which other conversations get to run."""


class WebSocketClient(Client):
    """A connection that was accepted.

    Args:
        dropped: called with the reason if the connection is closed because the client broke a rule.
    """

    def __init__(
        self,
        websocket: WebSocket,
        handshake: Handshake,
        limits: LimitOptions,
        dropped: Callable[[str], None],
    ) -> None:
        self.handshake = handshake
        self._websocket = websocket
        self._limits = limits
        self._dropped = dropped
        self._time = asyncio.get_running_loop().time
        self._sound = Allowance(_RATE, _BURST)
        self._messages = Allowance(_MESSAGE_RATE, _MESSAGE_BURST)
        self._received = 0
        self._waiting_since = math.inf
        """When `receive` began to wait, if it does."""
        self._junk = 0
        self._is_closed = False
        self._closing: tuple[int, str] | None = None

    async def receive(self) -> Payload:
        """See `Client`."""
        if self._closing is not None:
            await self.close(*self._closing)
        if self._is_closed:
            raise ClientGone
        self._waiting_since = self._time()
        try:
            message = await self._websocket.receive()
        except RuntimeError as error:  # it is closed already
            raise ClientGone from error
        finally:
            self._waiting_since = math.inf
        if message["type"] != "websocket.receive":
            self._is_closed = True
            raise ClientGone
        payload: Payload = message.get("text") or message.get("bytes") or ""
        if len(payload) > self._limits.message:
            await self._drop("size", 1009, "the message is too long")
        if not self._messages.take(self._time()):
            await self._drop("rate", 1008, "messages come faster than they can be followed")
        self._received += 1
        if self._received % _AT_A_TIME == 0:
            await asyncio.sleep(0)
        return payload

    async def watch(self) -> None:
        """Run as long as the client sends something now and then.

        Raises:
            ClientGone: it sent nothing for as long as the limits allow, and was given up.
        """
        left = idle = self._limits.idle
        while left > _ROUNDING:
            await asyncio.sleep(min(left, idle))
            left = self._waiting_since + idle - self._time()
        await self._drop("idle", 1001, "nothing was sent for too long")

    async def send(self, payload: Payload) -> None:
        """See `Client`."""
        if self._is_closed:
            raise ClientGone
        try:
            async with asyncio.timeout(_SEND_TIMEOUT):
                if isinstance(payload, str):
                    await self._websocket.send_text(payload)
                else:
                    await self._websocket.send_bytes(payload)
        except TimeoutError:
            await self._drop("slow", 1008, "what was sent is not read")
        except (RuntimeError, OSError) as error:  # it is closed, or was never open
            self._is_closed = True
            raise ClientGone from error
        except Exception as error:
            if type(error).__name__ != "WebSocketDisconnect":  # starlette is imported only when it is used
                raise
            self._is_closed = True
            raise ClientGone from error

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """See `Client`."""
        if self._is_closed:
            return
        self._is_closed = True
        with suppress(Exception):  # it may be gone, in any of the ways that a server has of saying so
            async with asyncio.timeout(_CLOSE_TIMEOUT):
                await self._websocket.close(code, reason)

    def audio_received(self, seconds: float) -> None:
        """See `Client`."""
        if not self._sound.take(self._time(), seconds):
            self._break_off("rate", 1008, "sound comes faster than it can have been said")

    def junk_received(self) -> None:
        """See `Client`."""
        self._junk += 1
        if self._junk > self._limits.junk:
            self._break_off("junk", 1008, "too many messages mean nothing")

    def _break_off(self, reason: str, code: int, text: str) -> None:
        """End from code that cannot wait: the connection is closed by whoever uses it next."""
        self._dropped(reason)
        self._closing = (code, text)
        raise ClientGone

    async def finish(self, code: int, reason: str = "") -> None:
        """Close the connection, for the reason that a broken rule gave if there is one."""
        await self.close(*(self._closing or (code, reason)))

    async def _drop(self, reason: str, code: int, text: str) -> None:
        self._dropped(reason)
        await self.close(code, text)
        raise ClientGone
