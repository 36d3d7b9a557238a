"""One-use tokens for browsers, which must not hold a key: signed, short-lived, and spent by the first use."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from voicebot_serve.sessions.owner import Owner

PREFIX = "ek_"
LIFETIME = 60.0
"""Seconds in which a token can be used."""
_LONGEST = 2000
_MARGIN = 5.0
"""Seconds by which the clocks of servers may differ."""
_CLAIMS = b"claims 2\0"
"""Signed with the claims, and changed with their form: servers of two versions refuse each other's tokens."""

Right: TypeAlias = Callable[[str, str], bytes | None]
"""Returns what lets an owner in, by the way and the name; None if nothing does."""
Spend: TypeAlias = Callable[[str, float], Awaitable[bool]]
"""Marks a name as used for some seconds; returns False if it was before."""


class Tokens:
    """Issues tokens and accepts each once.

    Args:
        secret: signs them; the same in all processes that accept them.
        spend: marks one as used, for all those processes (`Keeper.spend`).
        now: returns seconds since 1970.
    """

    def __init__(self, secret: bytes, spend: Spend, now: Callable[[], float]) -> None:
        self._secret = secret
        self._spend = spend
        self._now = now

    def issue(self, owner: Owner, bot: str, right: bytes) -> tuple[str, int]:
        """Return a new token for one conversation with one bot, and when it expires (seconds since 1970).

        Args:
            right: what lets the owner in, such as a key; only a hash of it is in the token.
        """
        expires = int(self._now() + LIFETIME)
        claims = [expires, secrets.token_hex(12), owner.way, owner.name, bot, self._proof(right)]
        payload = _encoded(json.dumps(claims, separators=(",", ":")).encode())
        return f"{PREFIX}{payload}.{_encoded(self._mac(payload))}", expires

    async def accept(self, token: str, bot: str, address: str, right: Right) -> Owner | None:
        """Return whose token it is if it is valid for the bot, and spend it.

        Args:
            right: returns what lets an owner in now; a token that was issued for something else is not valid.

        Raises:
            StoreAway: it is not known whether it was used.
        """
        payload, _, mac = token.removeprefix(PREFIX).partition(".")
        if len(token) > _LONGEST or not token.startswith(PREFIX):
            return None
        if not hmac.compare_digest(mac.encode(), _encoded(self._mac(payload)).encode()):
            return None
        expires, nonce, way, name, its_bot, proof = json.loads(_decoded(payload))  # it is signed: we wrote it
        known, now = right(way, name), self._now()
        if expires < now or its_bot != bot or known is None:
            return None
        if not hmac.compare_digest(self._proof(known), proof):
            return None
        if not await self._spend(nonce, expires - now + _MARGIN):
            return None
        return Owner("token", name, address)

    def _proof(self, right: bytes) -> str:
        return _encoded(hmac.digest(self._secret, b"right\0" + right, hashlib.sha256)[:16])

    def _mac(self, payload: str) -> bytes:
        return hmac.digest(self._secret, _CLAIMS + payload.encode(), hashlib.sha256)


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
