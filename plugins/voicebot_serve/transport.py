"""What a protocol over a WebSocket implements, such as that of a telephone carrier: one class in one file.

A package adds one by an entry point in the group `voicebot_serve`, whose value is the class.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from voicebot_serve.sessions.owner import Owner
from voicebot_serve.sessions.session import Session

RESUME = "voicebot.resume."
"""Begins the subprotocol by which a client that comes back shows its token."""
Payload: TypeAlias = str | bytes
Reason: TypeAlias = Literal[
    "access",
    "unsigned",
    "origin",
    "bot",
    "rate",
    "limit",
    "full",
    "busy",
    "draining",
    "gone",
    "store",
]


@dataclass(frozen=True, slots=True)
class Handshake:
    """The request that wants to become a WebSocket; header names are in lower case.

    Neither `repr` nor logs show its headers or query, which may hold secrets.
    """

    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    subprotocols: tuple[str, ...]
    address: str
    url: str
    """The address as the client wrote it, as far as a trusted proxy says so, without the query."""

    def __repr__(self) -> str:
        return f"Handshake({self.path!r}, address={self.address!r})"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client shows to be let in: a key or a one-use token; never shown."""

    secret: str

    def __repr__(self) -> str:
        return "Credentials(...)"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a client is not let in, safe to tell it; `retry_after` are seconds, if trying again may help."""

    reason: Reason
    message: str
    status: int
    """HTTP status, before the WebSocket is accepted."""
    close_code: int
    """Close code, after it was accepted."""
    retry_after: int | None = None


class ClientGone(Exception):
    """The client closed the connection, or it was closed because the client broke a rule."""


class Client(ABC):
    """The connection to one client, with its limits: size, rate, junk, idle time, and how slowly it reads."""

    handshake: Handshake

    @abstractmethod
    async def receive(self) -> Payload:
        """Return the next message.

        Raises:
            ClientGone: there will be none.
        """

    @abstractmethod
    async def send(self, payload: Payload) -> None:
        """Send a message.

        Raises:
            ClientGone: the client is gone, or reads so slowly that it is given up.
        """

    @abstractmethod
    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection; twice is harmless."""

    @abstractmethod
    def audio_received(self, seconds: float) -> None:
        """Count sound against real time.

        Raises:
            ClientGone: far more of it comes than time passes; the connection is closed with 1008.
        """

    @abstractmethod
    def junk_received(self) -> None:
        """Count a message that means nothing.

        Raises:
            ClientGone: there were too many; the connection is closed with 1008.
        """


class Transport(ABC):
    """A protocol over a WebSocket; one object serves all clients."""

    name: ClassVar[str]
    """For logs and metrics, such as `realtime`."""
    paths: ClassVar[tuple[str, ...]]
    """Where it is served, such as `/v1/realtime`; the server adds `/NAME` before it for each bot."""
    subprotocols: ClassVar[tuple[str, ...]] = ()
    """WebSocket subprotocols that it accepts; the first that a client offers is answered."""

    def credentials(self, handshake: Handshake) -> Credentials | None:
        """Return what the client shows to be let in; by default, the bearer token of `Authorization`."""
        scheme, _, secret = handshake.headers.get("authorization", "").partition(" ")
        return Credentials(secret.strip()) if scheme.lower() == "bearer" and secret.strip() else None

    def owner(self, handshake: Handshake) -> Owner | None:
        """Return who it is if the protocol has a way of its own to know, such as a signature; else None.

        Raises:
            PermissionError: it is somebody who must not come in, whatever keys there are.
        """
        return None

    def can_return(self, handshake: Handshake) -> bool:
        """Return whether the client is told how to come back. Nothing is kept of others."""
        return False

    def returning(self, handshake: Handshake) -> str | None:
        """Return what a client that comes back shows to go on with its session, or None.

        By default, it offers the subprotocol `voicebot.resume.TOKEN` or `voicebot.resume.TOKEN.TURN`.
        """
        offered = (each for each in handshake.subprotocols if each.startswith(RESUME))
        return next((each.removeprefix(RESUME) for each in offered), None)

    def bot(self, handshake: Handshake) -> str | None:
        """Return the name of the bot that is wanted, where the path does not have it; None for the first."""
        return handshake.query.get("model") or None

    def explains_refusals(self, handshake: Handshake) -> bool:
        """Return whether a refused client is accepted, told why by `refuse`, and closed.

        Otherwise it gets an HTTP status, of which a page in a browser learns nothing.
        """
        return "origin" in handshake.headers

    async def refuse(self, client: Client, refusal: Refusal) -> None:
        """Tell an accepted client why it is refused; the server closes the connection after that."""
        return

    @abstractmethod
    async def serve(self, client: Client, session: Session) -> None:
        """Talk the protocol: begin the session's conversation, feed its stream, send what is `outgoing`.

        Returns when the conversation is over or the client is gone. `ClientGone` may pass.
        """
