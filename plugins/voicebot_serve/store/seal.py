"""How values are written: with a key, so that who reads or changes the store learns and changes nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
from abc import ABC, abstractmethod

from voicebot_serve.store.store import StoreError

SHORTEST_KEY = 32
"""Characters."""


class UnreadableValue(Exception):
    """A value was written with another key, or was changed."""


class Seal(ABC):
    """Closes and opens values."""

    @abstractmethod
    def close(self, value: bytes) -> bytes:
        """Return what to keep."""

    @abstractmethod
    def open(self, kept: bytes) -> bytes:
        """Return the value.

        Raises:
            UnreadableValue: it is none of ours.
        """


class Plain(Seal):
    """Keeps values as they are."""

    def close(self, value: bytes) -> bytes:
        """See `Seal`."""
        return value

    def open(self, kept: bytes) -> bytes:
        """See `Seal`."""
        return kept


class Encrypted(Seal):
    """Encrypts and signs values (Fernet: AES-128 in CBC mode, HMAC with SHA-256).

    Raises:
        StoreError: the key is too short, or the package is missing.
    """

    def __init__(self, key: str) -> None:
        if len(key) < SHORTEST_KEY:
            raise StoreError(
                f"the key of the store has {len(key)} characters, and needs {SHORTEST_KEY} or more that "
                "cannot be guessed, such as those of `openssl rand -hex 32`"
            )
        try:
            from cryptography.fernet import Fernet
        except ImportError:
            raise StoreError(
                "the key of the store needs the package cryptography: pip install voicebot-framework[redis]"
            ) from None
        # The key is random, so that nothing has to make guessing slow.
        own = hmac.digest(key.encode(), b"voicebot serve sessions", hashlib.sha256)
        self._fernet = Fernet(base64.urlsafe_b64encode(own))

    def close(self, value: bytes) -> bytes:
        """See `Seal`."""
        return self._fernet.encrypt(value)

    def open(self, kept: bytes) -> bytes:
        """See `Seal`."""
        from cryptography.fernet import InvalidToken

        try:
            return self._fernet.decrypt(kept)
        except InvalidToken as error:
            raise UnreadableValue from error
