"""One-use tokens for browsers, which must not hold a key: signed, short-lived, and spent by the first use."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from voicebot_serve.sessions.owner import Owner

PREFIX = "ek_"
LIFETIME = 60.0
"""Seconds in which a token can be used."""
_LONGEST = 2000


class SpentTokens(ABC):
    """Which tokens have been used; shared by all processes that accept the same tokens."""

    @abstractmethod
    async def spend(self, nonce: str, expires: float, now: float) -> bool:
        """Return whether the token had not been used, and record that it is.

        Args:
            expires: when it can be forgotten, in seconds since 1970.
        """


class SpentHere(SpentTokens):
    """For one process."""

    def __init__(self) -> None:
        self._spent: dict[str, float] = {}

    async def spend(self, nonce: str, expires: float, now: float) -> bool:
        """See `SpentTokens`."""
        for old in [each for each, end in self._spent.items() if end < now]:
            del self._spent[old]
        if nonce in self._spent:
            return False
        self._spent[nonce] = expires
        return True


class SpentInDirectory(SpentTokens):
    """For several processes on one machine: an empty file for each token, in a directory of their own."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._cleaned = 0.0

    async def spend(self, nonce: str, expires: float, now: float) -> bool:
        """See `SpentTokens`."""
        if now - self._cleaned > LIFETIME:
            self._cleaned = now
            for path in self._directory.iterdir():
                with suppress(ValueError, OSError):
                    if float(path.name.partition("_")[0]) < now:
                        path.unlink()
        try:
            flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
            os.close(os.open(self._directory / f"{expires:.0f}_{nonce}", flags, 0o600))
        except FileExistsError:
            return False
        return True


class Tokens:
    """Issues tokens and accepts each once.

    Args:
        secret: signs them; the same in all processes that accept them.
        spent: which have been used.
        now: returns seconds since 1970.
    """

    def __init__(self, secret: bytes, spent: SpentTokens, now: Callable[[], float]) -> None:
        self._secret = secret
        self._spent = spent
        self._now = now

    def issue(self, owner: Owner, bot: str) -> tuple[str, int]:
        """Return a new token for one conversation with one bot, and when it expires (seconds since 1970)."""
        expires = int(self._now() + LIFETIME)
        claims = [expires, secrets.token_hex(12), owner.name, bot]
        payload = _encoded(json.dumps(claims, separators=(",", ":")).encode())
        return f"{PREFIX}{payload}.{_encoded(self._mac(payload))}", expires

    async def accept(self, token: str, bot: str, address: str) -> Owner | None:
        """Return whose token it is if it is valid for the bot, and spend it."""
        payload, _, mac = token.removeprefix(PREFIX).partition(".")
        if len(token) > _LONGEST or not token.startswith(PREFIX):
            return None
        if not hmac.compare_digest(mac.encode(), _encoded(self._mac(payload)).encode()):
            return None
        expires, nonce, name, its_bot = json.loads(_decoded(payload))  # it is signed, so we wrote it
        now = self._now()
        if expires < now or its_bot != bot or not await self._spent.spend(nonce, expires, now):
            return None
        return Owner("token", name, address)

    def _mac(self, payload: str) -> bytes:
        return hmac.digest(self._secret, payload.encode(), hashlib.sha256)


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
