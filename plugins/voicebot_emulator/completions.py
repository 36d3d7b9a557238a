"""Azure OpenAI: chat completions, streamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

    from voicebot_emulator.server import Visit


async def serve(visit: Visit) -> web.StreamResponse:
    """Answer."""
    from aiohttp import web

    return web.Response(status=501)


async def serve_models(visit: Visit) -> web.StreamResponse:
    """List the models."""
    from aiohttp import web

    return web.Response(status=501)
