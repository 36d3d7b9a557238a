"""Requests whose headers would break whoever takes them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_ADDRESSES = (b"host", b"origin", b"x-forwarded-host")


class RefuseMalformed:
    """Refuses requests from which no address can be read, such as one to the host `[`; ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it with the status 400."""
        headers = scope.get("headers", ())
        for name, value in headers:
            if name.lower() in _ADDRESSES and not _is_address(value.decode("latin-1")):
                from starlette.responses import PlainTextResponse

                text = f"{name.decode('latin-1')} is not an address\n"
                await PlainTextResponse(text, 400)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _is_address(value: str) -> bool:
    try:
        urlsplit(value if "//" in value else f"//{value}").port  # noqa: B018 - which raises
    except ValueError:
        return False
    return True
