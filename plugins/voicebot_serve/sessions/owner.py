"""Whose conversation it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Owner:
    """Who was let in, and how; safe to log.

    `name` is that of the key in the config, the user that a proxy names, or empty; never a secret.
    `address` is the client's IP address, or what a trusted proxy says it is.
    """

    way: Literal["open", "key", "token", "login", "carrier"]
    name: str
    address: str
