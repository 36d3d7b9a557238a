"""Where carriers find the bots: a webhook and a WebSocket at the same address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from voicebot_serve.access.incoming import Incoming
from voicebot_serve.server import Server
from voicebot_serve.sockets import SocketEndpoint
from voicebot_serve.telephony.carrier import CarrierRequest
from voicebot_serve.telephony.transport import CarrierTransport

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute
    from starlette.websockets import WebSocket

_MOST_FIELDS, _MOST_BYTES = 100, 100_000
_FORM = "application/x-www-form-urlencoded"


def routes(server: Server) -> list[BaseRoute]:
    """Return the routes `/telephony/CARRIER` of the first bot, and `/NAME/telephony/CARRIER` of each."""
    from starlette.routing import Route, WebSocketRoute

    async def stream(websocket: WebSocket) -> None:
        if (transport := _transport(server, websocket.path_params)) is None:
            await websocket.close()
        else:
            await SocketEndpoint(server, transport)(websocket)

    async def answer(request: Request) -> Response:
        return await _answer(server, request)

    path = "/telephony/{carrier}"
    return [
        *(WebSocketRoute(each, stream) for each in (path, "/{bot}" + path)),
        *(Route(each, answer, methods=["GET", "POST"]) for each in (path, "/{bot}" + path)),
    ]


def _transport(server: Server, wanted: Mapping[str, str]) -> CarrierTransport | None:
    served = server.bot_named(wanted.get("bot"))
    carrier = served.carriers.get(wanted["carrier"]) if served is not None else None
    if served is None or carrier is None:
        return None
    return CarrierTransport(wanted["carrier"], carrier, served.name)


async def _answer(server: Server, request: Request) -> Response:
    """Answer a carrier that has an incoming call: return how it is streamed, or a refusal."""
    from starlette.responses import PlainTextResponse, Response

    if (transport := _transport(server, request.path_params)) is None:
        return PlainTextResponse("no such carrier in the config of this bot\n", 404)
    incoming = Incoming.of(request)
    url = server.gates[transport.bot_name].url_of(incoming, str(request.url))
    body, form = b"", list[tuple[str, str]]()
    if request.method == "POST":
        try:
            body = await _body(request)
            if incoming.headers.get("content-type", "").startswith(_FORM):
                form = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError:
            return PlainTextResponse("too long, or no form\n", 400)
    query = dict(request.query_params)
    answer = transport.answer(CarrierRequest(url, incoming.headers, form, body, query))
    if answer is None:
        server.metrics.refused("access")
        return PlainTextResponse("not signed by the carrier\n", 403)
    if not server.is_ready:
        server.metrics.refused("draining")
        return PlainTextResponse("no new calls\n", 503, {"Retry-After": "10"})
    media_type, text = answer
    return Response(text, media_type=media_type)


async def _body(request: Request) -> bytes:
    """Return the body of a request.

    Raises:
        ValueError: it is very long, or has not come to its end.
    """
    from starlette.requests import ClientDisconnect

    body = b""
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > _MOST_BYTES:
                raise ValueError("too long")
    except ClientDisconnect:
        raise ValueError("cut off") from None
    return body
