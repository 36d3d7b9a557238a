"""Azure text to speech: the websocket that speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

    from voicebot_emulator.server import Visit


async def serve(visit: Visit) -> web.StreamResponse:
    """Answer."""
    from aiohttp import web

    return web.Response(status=501)
