"""OpenAI's Realtime protocol over a WebSocket."""

from __future__ import annotations

import asyncio
import json
from typing import ClassVar

from voicebot_serve.realtime.refusal import InvalidEvent
from voicebot_serve.realtime.visit import Visit
from voicebot_serve.sessions.session import Session
from voicebot_serve.transport import Client, Credentials, Handshake, Refusal, Transport

_KEY = "openai-insecure-api-key."
"""Begins the subprotocol by which a browser, which cannot set headers, shows its token."""
EXTENSION = "voicebot.v1"
"""The subprotocol by which a client asks for the events whose names begin with `voicebot.`."""
_BEGIN_AFTER = 1.0
"""Seconds after which the conversation begins even if the client sends nothing."""


class RealtimeTransport(Transport):
    """Serves clients of OpenAI's Realtime API."""

    name: ClassVar[str] = "realtime"
    paths: ClassVar[tuple[str, ...]] = ("/v1/realtime",)
    subprotocols: ClassVar[tuple[str, ...]] = ("realtime",)

    def credentials(self, handshake: Handshake) -> Credentials | None:
        for offered in handshake.subprotocols:
            if offered.startswith(_KEY) and len(offered) > len(_KEY):
                return Credentials(offered.removeprefix(_KEY))
        return super().credentials(handshake)

    def can_return(self, handshake: Handshake) -> bool:
        return EXTENSION in handshake.subprotocols

    async def refuse(self, client: Client, refusal: Refusal) -> None:
        error = {
            "type": "invalid_request_error",
            "code": refusal.reason,
            "message": refusal.message,
            "param": None,
            "event_id": None,
        }
        await client.send(json.dumps({"type": "error", "event_id": "event_0", "error": error}))

    async def serve(self, client: Client, session: Session) -> None:
        visit = Visit(session, extension=EXTENSION in client.handshake.subprotocols)
        async with asyncio.TaskGroup() as tasks:
            receiving = tasks.create_task(_receive(client, visit), name="realtime: receive")
            async for event in visit.events():
                await client.send(json.dumps(event, separators=(",", ":")))
            receiving.cancel()


async def _receive(client: Client, visit: Visit) -> None:
    """Receive events until the client is gone."""
    beginning = asyncio.get_running_loop().call_later(_BEGIN_AFTER, visit.begin)
    user = visit.state.user
    try:
        while True:
            payload, before = await client.receive(), user.received
            try:
                visit.receive(payload)
            except InvalidEvent:
                client.junk_received()
            client.audio_received(user.received - before)
    finally:
        beginning.cancel()
