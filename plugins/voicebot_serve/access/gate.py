"""Lets a client in, or says why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from voicebot_serve.access.incoming import Incoming
from voicebot_serve.access.keys import Keys
from voicebot_serve.access.origin import is_allowed, is_local_or_number, is_loopback
from voicebot_serve.access.proxies import TrustedProxies
from voicebot_serve.access.refusals import refusal
from voicebot_serve.access.tokens import PREFIX, Tokens
from voicebot_serve.options import ServeOptions
from voicebot_serve.running.rates import RateLimits
from voicebot_serve.sessions.owner import Owner, network_of
from voicebot_serve.transport import Handshake, Refusal, Transport

_FOREIGN_PAGE = refusal(
    "origin", "this page may not connect; `serve.origins` of the config lists those that may"
)
_NO_KEY = refusal("access", "a key or a token is needed")
_WRONG_KEY = refusal("access", "the key is wrong, or the token was used before or is too old")
_NOT_GENUINE = refusal("unsigned", "not signed by who it seems to be from")
_TOO_OFTEN = refusal("rate", "too many attempts; try again in a minute", retry_after=60)


class Gate:
    """Guards one bot.

    Args:
        name: that of the bot in addresses.
        now: the time of the event loop.
    """

    def __init__(self, name: str, options: ServeOptions, tokens: Tokens, now: Callable[[], float]) -> None:
        self.name = name
        self._tokens = tokens
        self._now = now
        self.use(options)
        self._failures = RateLimits(rate=10 / 60, most=20)
        self._requests = RateLimits(rate=0.5, most=30)

    def use(self, options: ServeOptions) -> None:
        """Go by these options from now on."""
        self._options = options
        self._keys = Keys(options.keys)
        self._proxies = TrustedProxies(options.trusted_proxies)

    @property
    def is_decided(self) -> bool:
        """Whether the config says who may come in. Otherwise only this machine may."""
        options = self._options
        return options.open or bool(self._keys or options.login_header or options.telephony)

    def trusts(self, address: str) -> bool:
        """Return whether an address is that of a trusted proxy, from which all clients may come."""
        return self._proxies.trusts(address)

    def url_of(self, request: Incoming, url: str) -> str:
        """Return the address that the client wrote, as far as trusted proxies say it."""
        return self._proxies.url(request.sender, request.headers, url)

    def address_of(self, request: Incoming) -> str:
        """Return the address of the client, as far as trusted proxies say it."""
        return self._proxies.client_address(request.sender, request.headers)

    async def admit(self, handshake: Handshake, sender: str, transport: Transport) -> Owner | Refusal:
        """Return who wants to talk, or why that is refused.

        Args:
            sender: the address that the request comes from, which may be a proxy's.
        """
        if (foreign := self.refuses_page(handshake.headers)) is not None:
            return foreign
        try:
            owner = transport.owner(handshake)
        except PermissionError:
            return self._wrong(handshake.address, _NOT_GENUINE)
        if owner is not None:
            return owner
        credentials = transport.credentials(handshake)
        secret = credentials.secret if credentials is not None else None
        return await self._owner(secret, handshake.headers, sender, handshake.address)

    def refuses_page(self, headers: Mapping[str, str]) -> Refusal | None:
        """Return why a page may not connect; None if it may, or the client is no browser."""
        origin = headers.get("origin")
        if origin is None:
            return None
        host, is_open = headers.get("host", ""), self._options.open or not self.is_decided
        return None if is_allowed(origin, host, self._options.origins, is_open=is_open) else _FOREIGN_PAGE

    async def issue(self, request: Incoming) -> tuple[str, int, Owner] | Refusal:
        """Return a token for a browser, when it expires, and whose it is; or why there is none."""
        headers, address = request.headers, self.address_of(request)
        if (foreign := self.refuses_page(headers)) is not None:
            return foreign
        scheme, _, secret = headers.get("authorization", "").partition(" ")
        shown = secret.strip() if scheme.lower() == "bearer" else None
        owner: Owner | Refusal = _WRONG_KEY  # a token is for one conversation, not for more tokens
        if shown is None or not shown.startswith(PREFIX):
            owner = await self._owner(shown or None, headers, request.sender, address)
        # A web server with a key asks for all its users, from one address.
        has_key = isinstance(owner, Owner) and owner.way == "key"
        if not has_key and not self._requests.take(network_of(address), self._now()):
            return _TOO_OFTEN
        if isinstance(owner, Refusal):
            return owner
        right = self._right(owner.way, owner.name)
        return _WRONG_KEY if right is None else (*self._tokens.issue(owner, self.name, right), owner)

    async def _owner(
        self, secret: str | None, headers: Mapping[str, str], sender: str, address: str
    ) -> Owner | Refusal:
        # However many wrong ones came from that address: others behind the same proxy must not lock it out.
        if secret is not None and (owner := await self._holder(secret, address)) is not None:
            return owner
        if secret is not None and secret.startswith(PREFIX):  # even if nobody has to show anything
            return self._wrong(address)
        if (header := self._options.login_header) and self._proxies.trusts(sender):
            user = headers.get(header.lower(), "").strip()
            if user:
                return Owner("login", user[:200], address)
        if self._options.open or (not self.is_decided and self._is_this_machine(headers, sender)):
            return Owner("open", "", address)
        if secret is None:
            return _NO_KEY  # which is no guess
        return self._wrong(address)

    def _wrong(self, address: str, refused: Refusal = _WRONG_KEY) -> Refusal:
        """Return what to answer to a guess: that it is wrong, or that there were too many from there."""
        return refused if self._failures.take(network_of(address), self._now()) else _TOO_OFTEN

    def _right(self, way: str, name: str) -> bytes | None:
        """Return what lets an owner in by the config of now; None if nothing does any more."""
        if way == "key":
            return self._keys.secret_of(name)
        if way == "login":
            return self._options.login_header.lower().encode() or None
        if self._options.open:
            return b"open to all"
        return None if self.is_decided else b"open to this machine"

    def _is_this_machine(self, headers: Mapping[str, str], sender: str) -> bool:
        """Return whether a request was made on this machine, to this machine, and through no proxy."""
        host = urlsplit(f"//{headers.get('host', '')}").hostname or ""
        return is_loopback(sender) and is_local_or_number(host) and "x-forwarded-for" not in headers

    async def _holder(self, secret: str, address: str) -> Owner | None:
        if secret.startswith(PREFIX):
            return await self._tokens.accept(secret, self.name, address, self._right)
        name = self._keys.owner_of(secret)
        return Owner("key", name, address) if name is not None else None
