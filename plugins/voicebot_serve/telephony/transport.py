"""A carrier as a transport: its WebSocket, and the webhook that answers an incoming call."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from voicebot_serve.sessions.owner import Owner
from voicebot_serve.sessions.session import Session
from voicebot_serve.telephony.call import Call
from voicebot_serve.telephony.carrier import Carrier, CarrierRequest
from voicebot_serve.transport import Client, Handshake, Transport


class CarrierTransport(Transport):
    """The calls of one carrier."""

    def __init__(self, name: str, carrier: Carrier[Any]) -> None:
        self.name = name
        self.paths = (f"/telephony/{name}",)
        self._carrier = carrier

    def owner(self, handshake: Handshake) -> Owner | None:
        """Return the carrier, if it made the request; only its signature lets a call in.

        Raises:
            PermissionError: somebody else made it.
        """
        request = CarrierRequest(_with_scheme(handshake.url, "wss", "ws"), handshake.headers)
        if not self._carrier.is_genuine(request):
            raise PermissionError(f"not signed by {self.name}")
        return Owner("carrier", self.name, handshake.address)

    def answer(
        self, url: str, headers: dict[str, str], form: list[tuple[str, str]]
    ) -> tuple[str, str] | None:
        """Return what answers the webhook at `url`: media type and text; None if the carrier did not ask."""
        request = CarrierRequest(url, headers, form)
        if not self._carrier.is_genuine(request):
            return None
        return self._carrier.answer(request, _with_scheme(url, "wss", "ws"))

    async def serve(self, client: Client, session: Session) -> None:
        """Carry one call."""
        await Call(client, self._carrier.call(), session).run()


def _with_scheme(url: str, secure: str, plain: str) -> str:
    """Return an address without its query, as that of a WebSocket."""
    parts = urlsplit(url)
    scheme = secure if parts.scheme in ("https", "wss") else plain
    return urlunsplit((scheme, parts.netloc, parts.path, "", ""))
