"""Where carriers find the bots: a webhook and a WebSocket at the same address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from voicebot_serve.server import Server
from voicebot_serve.sockets import SocketEndpoint
from voicebot_serve.telephony.carrier import CarrierRequest
from voicebot_serve.telephony.transport import CarrierTransport

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

_MOST_FIELDS, _MOST_BYTES = 100, 100_000


def routes(server: Server) -> list[BaseRoute]:
    """Return the routes `/telephony/CARRIER` of the first bot, and `/NAME/telephony/CARRIER` of each."""
    from starlette.routing import Route, WebSocketRoute

    found: list[BaseRoute] = []
    for number, (name, carriers) in enumerate(server.carriers.items()):
        for its_name, carrier in carriers.items():
            transport = CarrierTransport(its_name, carrier, name)
            own = f"/telephony/{its_name}"
            for path in [f"/{name}{own}", *([own] if number == 0 else [])]:
                found.append(WebSocketRoute(path, _accepting(SocketEndpoint(server, transport))))
                found.append(Route(path, _Webhook(server, transport, name).answer, methods=["GET", "POST"]))
    return found


def _accepting(endpoint: SocketEndpoint) -> Any:
    async def accept(websocket: Any) -> None:  # starlette takes an object for another ASGI application
        await endpoint(websocket)

    return accept


class _Webhook:
    """Answers a carrier that has an incoming call."""

    def __init__(self, server: Server, transport: CarrierTransport, bot: str) -> None:
        self._server, self._transport, self._bot = server, transport, bot

    async def answer(self, request: Request) -> Response:
        """Return how the call is streamed, or a refusal."""
        from starlette.responses import PlainTextResponse, Response

        sender = request.client.host if request.client is not None else ""
        headers = {name.lower(): value for name, value in request.headers.items()}
        url = self._server.gates[self._bot].url_of(sender, headers, str(request.url))
        form: list[tuple[str, str]] = []
        if request.method == "POST":
            try:
                form = parse_qsl(await _body(request), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
            except ValueError:
                return PlainTextResponse("not a form\n", 400)
        answer = self._transport.answer(CarrierRequest(url, headers, form))
        if answer is None:
            self._server.metrics.refused("access")
            return PlainTextResponse("not signed by the carrier\n", 403)
        if not self._server.is_ready:
            self._server.metrics.refused("draining")
            return PlainTextResponse("no new calls\n", 503, {"Retry-After": "10"})
        media_type, text = answer
        return Response(text, media_type=media_type)


async def _body(request: Request) -> str:
    """Return the text of a request.

    Raises:
        ValueError: it is no text, or very long.
    """
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BYTES:
            raise ValueError("too long")
    return body.decode()
