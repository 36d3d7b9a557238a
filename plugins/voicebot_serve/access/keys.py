"""The keys that let clients in."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from voicebot import SecretStr

SHORTEST = 16
"""Characters that a key should have: nothing else keeps it from being guessed, as the right key is looked at
however many wrong ones came before. 16 random hexadecimal digits take 2^63 guesses on average."""


class Keys:
    """Keys by the name of their owner; an empty one lets nobody in."""

    def __init__(self, keys: Mapping[str, SecretStr]) -> None:
        plain = {name: secret.get_secret_value().encode() for name, secret in keys.items()}
        self._keys = {name: key for name, key in plain.items() if key}

    def __bool__(self) -> bool:
        return bool(self._keys)

    @property
    def short(self) -> list[str]:
        """The names of those that could be guessed."""
        return [name for name, key in self._keys.items() if len(key.decode()) < SHORTEST]

    def secret_of(self, name: str) -> bytes | None:
        """Return the key of an owner, or None if there is none."""
        return self._keys.get(name)

    def owner_of(self, key: str) -> str | None:
        """Return the name of the owner; every key is compared, in a time that does not depend on it."""
        found = None
        for name, secret in self._keys.items():
            if hmac.compare_digest(secret, key.encode()):
                found = name
        return found
