"""What every store does: it keeps a value for each session, and only its latest server may change that."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from voicebot import VoicebotError

GRACE = 30.0
"""Seconds after its last use for which a token is good for another return: the answer with the new one may be
lost with the server that gave it, and so may the answer after that."""


class StoreError(VoicebotError):
    """The store cannot be used: its address is wrong, it is not reached, or it holds what others wrote."""


class StoreAway(Exception):
    """The store is not reached now; it may be back soon."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to go on with a session. Whoever takes the session later has a higher `fence`.

    `token` is the digest of what the client shows to come back; `whose` says to whom the session belongs, and
    who else shows the token gets nothing.
    """

    session: str
    fence: int
    token: str
    whose: str


Hold: TypeAlias = Literal["held", "lost", "absent"]
"""Whether a lease is held, somebody else took the session, or the store knows nothing of it."""


class Store(ABC):
    """Keeps sessions. All methods but `start` and `aclose` raise `StoreAway` if it is not reached."""

    @property
    @abstractmethod
    def how_to_empty(self) -> str:
        """What somebody who runs it does for that, to be told in a message."""

    @abstractmethod
    async def start(self) -> None:
        """Connect.

        Raises:
            StoreError: it cannot be used.
        """

    @abstractmethod
    async def aclose(self) -> None:
        """Disconnect; twice is harmless."""

    @abstractmethod
    async def agree(self, name: str, value: bytes) -> bytes:
        """Return the value of that name, which is `value` if there was none; kept for ever."""

    @abstractmethod
    async def spend(self, nonce: str, seconds: float) -> bool:
        """Return whether that was never spent before, and record for `seconds` that it is."""

    @abstractmethod
    async def save(self, lease: Lease, value: bytes, seconds: float) -> bool:
        """Keep a value for `seconds`; return False, and keep what is there, if the lease is lost."""

    @abstractmethod
    async def take(self, session: str, shown: str, whose: str, token: str) -> tuple[Lease, bytes] | None:
        """Take a session over from whoever has it; return the lease and the value.

        Args:
            shown: the digest of the token that the client shows. It is spent by that, but for `GRACE`.
            token: that of its next one.

        Returns:
            None if there is no such session, or the token is not its own.
        """

    @abstractmethod
    async def renew(self, leases: Sequence[Lease], seconds: Sequence[float]) -> list[Hold]:
        """Keep values for `seconds` from now on; return whether each lease is held."""

    @abstractmethod
    async def forget(self, lease: Lease) -> None:
        """Delete a session, unless the lease is lost."""
