"""Transcription in real time: the websocket of the realtime API."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from typing import TYPE_CHECKING, Any

from voicebot_emulator.audio.realtime_session import RealtimeSession, SessionClosed
from voicebot_emulator.http.refusals import Refusal, refuse

if TYPE_CHECKING:
    from aiohttp import web

    from voicebot_emulator.http.visit import Visit

logger = logging.getLogger(__name__)
_BROKEN = 1011
_CLOSING_SECONDS = 0.5
LARGEST_MESSAGE = 2**20
"""Bytes."""


async def serve(visit: Visit) -> web.StreamResponse:
    """Serve one connection until the client or a fault ends it."""
    from aiohttp import WSMsgType, web

    try:
        _check(visit)
    except Refusal as refusal:
        return refuse(visit, refusal)
    socket = web.WebSocketResponse(
        protocols=("realtime",), compress=False, timeout=_CLOSING_SECONDS, max_msg_size=LARGEST_MESSAGE
    )
    if not socket.can_prepare(visit.request).ok:
        return refuse(visit, Refusal(400, "This address expects a websocket.", code="websocket_required"))
    await socket.prepare(visit.request)
    session = RealtimeSession(visit, socket)
    sending = asyncio.create_task(_send_all(visit, session, socket), name="emulator: send")
    try:
        async for message in socket:
            if sending.done():
                break
            if message.type is WSMsgType.TEXT:
                await session.take(_event(message.data))
    except SessionClosed:
        pass
    except Exception:
        _log_failure(visit)
        await socket.close(code=_BROKEN)
    finally:
        sending.cancel()
        await asyncio.wait([sending])
        await session.aclose()
    return socket


async def _send_all(visit: Visit, session: RealtimeSession, socket: web.WebSocketResponse) -> None:
    """Send until a fault ends that, or the recogniser fails, which cancels what it has not recognised."""
    try:
        await session.send_all()
    except Exception:
        _log_failure(visit)
    finally:
        await socket.close(code=_BROKEN)  # unless it is closed already


def _log_failure(visit: Visit) -> None:
    hide = visit.emulation.journal.redaction
    logger.error("the emulator failed: %s", hide.text(traceback.format_exc()))


def _check(visit: Visit) -> None:
    query = visit.request.query
    if query.get("intent") != "transcription":
        raise Refusal(
            400,
            "The emulator has transcription sessions only: connect with ?intent=transcription.",
            code="invalid_intent",
            type="invalid_request_error",
            param="intent",
        )
    for name in ("model", "deployment"):
        if name in query:
            raise Refusal(
                400,
                f"You must not provide a {name} parameter for transcription sessions.",
                code="invalid_model",
                type="invalid_request_error",
                param=name,
            )


def _event(data: str) -> dict[str, Any]:
    try:
        event = json.loads(data)
    except (ValueError, RecursionError):
        event = None
    return event if isinstance(event, dict) else {}
