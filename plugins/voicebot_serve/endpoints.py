"""What is asked by HTTP: health, metrics, tokens for browsers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from voicebot_serve.access.incoming import Incoming
from voicebot_serve.access.refusals import refusal
from voicebot_serve.server import Server
from voicebot_serve.transport import Refusal

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_NO_STORE = {"Cache-Control": "no-store"}


class Endpoints:
    """The endpoints of a server."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def routes(self) -> list[BaseRoute]:
        """Return their routes."""
        from starlette.routing import Route

        secrets = "/v1/realtime/client_secrets"
        return [
            Route("/healthz", self.healthz),
            Route("/readyz", self.readyz),
            Route("/metrics", self.metrics),
            Route(secrets, self.client_secrets, methods=["POST", "OPTIONS"]),
            Route("/{bot}" + secrets, self.client_secrets, methods=["POST", "OPTIONS"]),
        ]

    async def healthz(self, _: Request) -> Response:
        """Say that the process is alive."""
        return _text("ok\n")

    async def readyz(self, _: Request) -> Response:
        """Say whether new clients should come: 200, or 503 while draining or after 10 s without the store."""
        unready = self._server.unready
        return _text(f"{unready}\n", 503) if unready else _text("ready\n")

    async def metrics(self, _: Request) -> Response:
        """Return the metrics in the text format of Prometheus, of all workers together."""
        from starlette.responses import Response

        return Response(await self._server.metrics_text(), headers={"Content-Type": _METRICS_TYPE})

    async def client_secrets(self, request: Request) -> Response:
        """Issue a one-use token, as OpenAI's endpoint of that name does."""
        wanted = request.path_params.get("bot") or request.query_params.get("model")
        served = self._server.bot_named(wanted)
        if served is None:
            return _error(refusal("bot", "there is no bot of that name here"))
        gate = self._server.gates[served.name]
        incoming = Incoming.of(request)
        cors = _cors(incoming.headers) if gate.refuses_page(incoming.headers) is None else {}
        if request.method == "OPTIONS":
            return _text("", 204 if cors else 403, cors)
        issued = await gate.issue(incoming)
        if isinstance(issued, Refusal):
            self._server.metrics.refused(issued.reason)
            return _error(issued, cors)
        value, expires, _ = issued
        session = {"type": "realtime", "model": served.name}
        return _json({"value": value, "expires_at": expires, "session": session}, 200, cors)


def _cors(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that let an allowed page read the answer."""
    if "origin" not in headers:
        return {}
    return {
        "Access-Control-Allow-Origin": headers["origin"],
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
        "Access-Control-Allow-Methods": "POST",
        "Vary": "Origin",
    }


def _error(refused: Refusal, headers: dict[str, str] | None = None) -> Response:
    more = {"Retry-After": str(refused.retry_after)} if refused.retry_after is not None else {}
    error = {"type": "invalid_request_error", "code": refused.reason, "message": refused.message}
    return _json({"error": error}, refused.status, {**(headers or {}), **more})


def _json(content: dict[str, Any], status: int, headers: dict[str, str]) -> Response:
    from starlette.responses import JSONResponse

    return JSONResponse(content, status, {**_NO_STORE, **headers})


def _text(text: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    from starlette.responses import PlainTextResponse

    return PlainTextResponse(text, status, {**_NO_STORE, **(headers or {})})
