"""The page on which people talk with a bot: plain files, with headers that keep everything else out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot_serve.page.files import Files

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from voicebot_serve.page.files import File
    from voicebot_serve.server import Server

__all__ = ["HEADERS", "routes"]

_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
)
HEADERS = {
    "Content-Security-Policy": "; ".join(_POLICY),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), display-capture=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
}
"""The headers of everything that belongs to the page."""
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_CHECKED = {"Cache-Control": "no-cache"}


def routes(server: Server) -> list[BaseRoute]:
    """Return the routes of the page of each bot; the first bot's is also at the root.

    Its files are at an address with a hash of their contents, so that browsers may keep them for ever.
    """
    from starlette.responses import PlainTextResponse, RedirectResponse, Response
    from starlette.routing import Route

    files = Files.load()

    async def page(request: Request) -> Response:
        wanted = request.path_params.get("bot")
        served = server.bot_named(wanted)
        if served is None or wanted not in {None, served.name}:
            return PlainTextResponse("there is no bot of that name here\n", 404, _CHECKED)
        index = files.index(served.title)
        headers = {**HEADERS, **_CHECKED, "ETag": index.tag}
        if request.headers.get("if-none-match") == index.tag:
            return Response(status_code=304, headers=headers)
        return _answer(request, index, headers)

    async def without_slash(request: Request) -> Response:
        return RedirectResponse(f"{request.path_params['bot']}/", 308, _CHECKED)

    async def file(request: Request) -> Response:
        found = files.find(request.path_params["version"], request.path_params["name"])
        if found is None:
            return PlainTextResponse("there is no such file\n", 404, _CHECKED)
        return _answer(request, found, {**HEADERS, **_FOREVER})

    one = "/page/{version}/{name}"
    return [
        Route("/", page),
        Route(one, file),
        Route("/{bot}/", page),
        Route("/{bot}" + one, file),
        Route("/{bot}", without_slash),
    ]


def _answer(request: Request, file: File, headers: dict[str, str]) -> Response:
    from starlette.responses import Response

    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            file.compressed, headers={**headers, "Content-Encoding": "gzip"}, media_type=file.type
        )
    return Response(file.content, headers=headers, media_type=file.type)
