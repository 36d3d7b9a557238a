"""A carrier as a transport: its WebSocket, and the webhook that answers an incoming call."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

from voicebot_serve.sessions.owner import Owner
from voicebot_serve.sessions.session import Session
from voicebot_serve.telephony.call import Call
from voicebot_serve.telephony.carrier import Carrier, CarrierRequest
from voicebot_serve.transport import Client, Handshake, Transport


class CarrierTransport(Transport):
    """The calls of one carrier to one bot; its address is in `routes`.

    Args:
        carrier_name: that in the config.
        bot: name of the bot in addresses.
    """

    name: ClassVar[str] = "telephony"
    paths: ClassVar[tuple[str, ...]] = ()

    def __init__(self, carrier_name: str, carrier: Carrier[Any], bot: str) -> None:
        self._carrier_name = carrier_name
        self._carrier = carrier
        self.bot_name = bot

    def bot(self, handshake: Handshake) -> str:
        """Return the name of the bot whose config has the carrier."""
        return self.bot_name

    def explains_refusals(self, handshake: Handshake) -> bool:
        """Return False: a carrier reads the HTTP status."""
        return False

    def owner(self, handshake: Handshake) -> Owner:
        """Return the carrier, if it made the request; only its signature lets a call in.

        Raises:
            PermissionError: somebody else made it.
        """
        request = CarrierRequest(_of_socket(handshake.url), handshake.headers, query=handshake.query)
        if not self._carrier.is_genuine(request):
            raise PermissionError(f"not signed by {self._carrier_name}")
        return Owner("carrier", self._carrier_name, handshake.address)

    def answer(self, request: CarrierRequest) -> tuple[str, str] | None:
        """Return what answers the webhook: media type and text; None if the carrier did not ask."""
        if not self._carrier.is_genuine(request):
            return None
        return self._carrier.answer(request, _of_socket(request.url))

    async def serve(self, client: Client, session: Session) -> None:
        """Carry one call."""
        await Call(client, self._carrier.call(), session).run()


def _of_socket(url: str) -> str:
    """Return the address of the WebSocket at the same place, without a query."""
    parts = urlsplit(url)
    scheme = "wss" if parts.scheme in ("https", "wss") else "ws"
    return urlunsplit((scheme, parts.netloc, parts.path, "", ""))
