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
        beta = _check(visit)
    except Refusal as refusal:
        return refuse(visit, refusal)
    socket = web.WebSocketResponse(
        protocols=("realtime",), compress=False, timeout=_CLOSING_SECONDS, max_msg_size=LARGEST_MESSAGE
    )
    if not socket.can_prepare(visit.request).ok:
        return refuse(visit, Refusal(400, "This address expects a websocket.", code="websocket_required"))
    await socket.prepare(visit.request)
    session = RealtimeSession(visit, socket, beta=beta)
    sending = asyncio.create_task(session.send_all(), name="emulator: send")
    try:
        async for message in socket:
            if sending.done():
                break
            if message.type is WSMsgType.TEXT:
                await session.take(_event(message.data))
    except SessionClosed:
        pass
    except Exception:
        hide = visit.emulation.journal.redaction
        logger.error("the emulator failed: %s", hide.text(traceback.format_exc()))
        await socket.close(code=_BROKEN)
    finally:
        sending.cancel()
        await asyncio.wait([sending])
        await session.aclose()
    return socket


def _check(visit: Visit) -> bool:
    """Return whether the address is that of the version from before general availability."""
    query, path = visit.request.query, visit.request.path
    beta = path == "/openai/realtime"
    if beta and not visit.has_version:
        raise Refusal(404, "Resource not found", code="404")
    if query.get("intent") != "transcription":
        raise Refusal(
            400,
            "The emulator has transcription sessions only: connect with ?intent=transcription.",
            code="invalid_intent",
            type="invalid_request_error",
            param="intent",
        )
    if not beta and "model" in query:
        raise Refusal(
            400,
            "You must not provide a model parameter for transcription sessions.",
            code="invalid_model",
            type="invalid_request_error",
            param="model",
        )
    if beta and query.get("deployment") not in visit.models:
        raise Refusal(404, "The API deployment for this resource does not exist.", code="DeploymentNotFound")
    return beta


def _event(data: str) -> dict[str, Any]:
    try:
        event = json.loads(data)
    except (ValueError, RecursionError):
        event = None
    return event if isinstance(event, dict) else {}
