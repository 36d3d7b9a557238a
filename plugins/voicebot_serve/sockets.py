"""From the request for a WebSocket to the end of its conversation, whatever the protocol."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from voicebot_serve.access.incoming import Incoming
from voicebot_serve.access.limit_log import LimitLog
from voicebot_serve.access.refusals import refusal
from voicebot_serve.bots import ServedBot
from voicebot_serve.connection import WebSocketClient
from voicebot_serve.running.json_logs import name_conversation
from voicebot_serve.server import Server
from voicebot_serve.sessions.client_stream import InputOverflow
from voicebot_serve.sessions.owner import Owner
from voicebot_serve.sessions.registry import SessionRefused
from voicebot_serve.sessions.session import Session
from voicebot_serve.store.kept_session import KeptSession
from voicebot_serve.store.store import StoreAway
from voicebot_serve.transport import ClientGone, Handshake, Refusal, Transport

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

logger = logging.getLogger(__name__)
_BEGIN_TIMEOUT = 10.0
"""Seconds that a client may take to begin its conversation."""
_GRACE = 5.0
"""Seconds after the end of a conversation within which its transport has to return."""
_NORMAL, _BROKEN, _RULE, _RESTART = 1000, 1011, 1008, 1012
_TOO_BIG, _IDLE, _ELSEWHERE = 1009, 1001, 4409
CLOSINGS = {
    _NORMAL: "the conversation is over",
    _IDLE: "the client sent nothing for `serve.limits.idle` seconds",
    _RULE: "the client broke a rule: it sent sound much faster than real time, or too much junk, read too "
    "slowly, or did not begin its conversation",
    _TOO_BIG: "a message was longer than `serve.limits.message`",
    _BROKEN: "something went wrong on the server; its log says what",
    _RESTART: "the server stops; connect again",
    _ELSEWHERE: "the client came back over another connection, which has the conversation now",
}
"""When connections are closed with which code."""
_RETRY_AFTER = 10
"""Seconds after which there may be room."""
_NO_BOT = refusal("bot", "there is no bot of that name here")
_GONE = refusal("gone", "that conversation is over, or its token was used before; begin a new one")
_STORE_AWAY = refusal("store", "what is needed for that is not reached; try again", retry_after=1)


class SocketEndpoint:
    """Accepts the WebSockets of one transport, or refuses them."""

    def __init__(self, server: Server, transport: Transport) -> None:
        self._server = server
        self._transport = transport
        self._limit_log = LimitLog()

    async def __call__(self, websocket: WebSocket) -> None:
        """Serve one WebSocket."""
        incoming = Incoming.of(websocket)
        handshake = self._handshake(websocket, incoming)
        wanted = websocket.path_params.get("bot") or self._transport.bot(handshake)
        served = self._server.bot_named(wanted)
        if served is None:
            await self._refuse(websocket, handshake, _NO_BOT, None)
            return
        gate = self._server.gates[served.name]
        address, url = gate.address_of(incoming), gate.url_of(incoming, handshake.url)
        handshake = replace(handshake, address=address, url=url)
        try:
            admitted = await gate.admit(handshake, incoming.sender, self._transport)
            if isinstance(admitted, Owner):
                admitted = self._room_for(admitted, served)
            kept = None if isinstance(admitted, Refusal) else await self._kept(handshake, served, admitted)
        except StoreAway:
            admitted = kept = _STORE_AWAY
        for each in (admitted, kept):
            if isinstance(each, Refusal):
                await self._refuse(websocket, handshake, each, served)
                return
        assert isinstance(admitted, Owner)
        assert not isinstance(kept, Refusal)
        await websocket.accept(self._subprotocol(handshake))
        client = WebSocketClient(websocket, handshake, served.options.limits, self._server.metrics.dropped)
        await self._converse(client, served, admitted, kept)

    def _handshake(self, websocket: WebSocket, incoming: Incoming) -> Handshake:
        scope = websocket.scope  # starlette's `url` breaks if `Host` is no host
        return Handshake(
            path=scope["path"],
            headers=incoming.headers,
            query=dict(websocket.query_params),
            subprotocols=tuple(scope.get("subprotocols", ())),
            address=incoming.sender,
            url=f"{scope['scheme']}://{incoming.headers.get('host', '')}{scope['path']}",
        )

    def _room_for(self, owner: Owner, served: ServedBot) -> Owner | Refusal:
        try:
            self._server.sessions.check(served.name, served.options, owner)
        except SessionRefused as refused:
            self._limit_log.tell(served.name, owner, refused)
            return _refusal(refused)
        return owner

    async def _kept(
        self, handshake: Handshake, served: ServedBot, owner: Owner
    ) -> KeptSession | Refusal | None:
        """Return the session that the client comes back to, or a new one, or None if none are kept."""
        if not (served.options.resume and self._transport.can_return(handshake)):
            return None
        whose, seconds = f"{served.name}\n{owner.name}", served.options.resume
        shown = self._transport.returning(handshake)
        if shown is None:
            return self._server.keeper.new(whose, seconds)
        return await self._server.keeper.take(shown, whose, seconds) or _GONE

    def _subprotocol(self, handshake: Handshake) -> str | None:
        known = self._transport.subprotocols
        return next((each for each in handshake.subprotocols if each in known), None)

    async def _refuse(
        self, websocket: WebSocket, handshake: Handshake, refused: Refusal, served: ServedBot | None
    ) -> None:
        """Answer with an HTTP status, or accept and explain where a page can show it."""
        self._server.metrics.refused(refused.reason)
        logger.info("refused a client from %s: %s", handshake.address, refused.message)
        if not self._transport.explains_refusals(handshake):
            await _deny(websocket, refused)
            return
        from voicebot_serve.options import LimitOptions

        await websocket.accept(self._subprotocol(handshake))
        limits = served.options.limits if served is not None else LimitOptions()
        client = WebSocketClient(websocket, handshake, limits, self._server.metrics.dropped)
        try:
            async with asyncio.timeout(_BEGIN_TIMEOUT):
                await self._transport.refuse(client, refused)
        except ClientGone:
            return
        except TimeoutError:
            pass
        await client.close(refused.close_code, refused.message)

    async def _converse(
        self, client: WebSocketClient, served: ServedBot, owner: Owner, kept: KeptSession | None
    ) -> None:
        sessions = self._server.sessions
        code, reason = _NORMAL, ""
        try:
            async with sessions.session(served.name, served.held, served.options, owner, kept) as session:
                self._server.metrics.begun(served.name, self._transport.name)
                name_conversation(session.id, served.name)
                who = f"{owner.way} {owner.name}".strip()
                logger.info("conversation %s with %s of %s began", session.id, served.name, who)
                code, reason = await self._serve(client, session)
            logger.info("conversation %s with %s ended", session.id, served.name)
        except SessionRefused as refused:  # somebody else was quicker
            if kept is not None:
                await kept.finish()
            self._limit_log.tell(served.name, owner, refused)
            known = _refusal(refused)
            code, reason = known.close_code, known.message
        finally:
            if code == _NORMAL and sessions.is_draining:
                code, reason = _RESTART, "the server is about to stop; connect again"
            await client.finish(code, reason)

    async def _serve(self, client: WebSocketClient, session: Session) -> tuple[int, str]:
        """Have the transport serve a client; return with what to close the connection."""
        try:
            await self._watched(client, session)
        except ClientGone:
            pass
        except InputOverflow:
            self._server.metrics.dropped("overflow")
            return _RULE, "sound comes faster than it can be heard"
        except _NotBegunError:
            self._server.metrics.dropped("handshake")
            return _RULE, "the conversation was not begun in time"
        except Exception:  # a third-party transport may raise anything
            logger.exception("conversation %s: the transport %s broke", session.id, self._transport.name)
            return _BROKEN, "something went wrong"
        if session.kept is not None and session.kept.is_lost:
            return _ELSEWHERE, "the conversation goes on over another connection"
        return (_BROKEN, "something went wrong") if session.failed else (_NORMAL, "")

    async def _watched(self, client: WebSocketClient, session: Session) -> None:
        """Serve a client, but not longer than it may take; raise the first thing that went wrong."""
        try:
            async with asyncio.TaskGroup() as tasks:
                watching = [
                    tasks.create_task(_watch(session), name=f"session {session.id}: watch"),
                    tasks.create_task(client.watch(), name=f"session {session.id}: watch the client"),
                ]
                try:
                    await self._transport.serve(client, session)
                finally:
                    for each in watching:
                        each.cancel()
        except BaseExceptionGroup as errors:
            raise _first(errors) from None


def _first(error: BaseException) -> BaseException:
    """Return the first exception in groups of them."""
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


class _NotBegunError(Exception):
    """A client holds a place in which it does nothing."""


async def _watch(session: Session) -> None:
    """Raise if a session does not begin, or its transport does not return after its end."""
    try:
        async with asyncio.timeout(_BEGIN_TIMEOUT):
            await session.wait_until_begun()
    except TimeoutError:
        raise _NotBegunError from None
    await session.wait_until_over()
    await asyncio.sleep(_GRACE)
    raise ClientGone


def _refusal(refused: SessionRefused) -> Refusal:
    return refusal(refused.reason, str(refused), _RETRY_AFTER)


async def _deny(websocket: WebSocket, refused: Refusal) -> None:
    from starlette.responses import PlainTextResponse

    headers = {"Retry-After": str(refused.retry_after)} if refused.retry_after is not None else {}
    if "websocket.http.response" in websocket.scope.get("extensions", {}):
        response = PlainTextResponse(f"{refused.message}\n", refused.status, headers)
        await websocket.send_denial_response(response)
    else:
        await websocket.close(1008)
