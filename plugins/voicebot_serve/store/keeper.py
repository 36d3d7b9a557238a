"""Keeps the sessions of a server in a store, while it is reached and when it is back."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Awaitable
from typing import Self, TypeVar
from uuid import uuid4

from voicebot_serve.store.kept_session import KeptSession
from voicebot_serve.store.record import VERSION, Record
from voicebot_serve.store.seal import Encrypted, Plain, UnreadableValue
from voicebot_serve.store.store import Lease, Store, StoreAway, StoreError

logger = logging.getLogger(__name__)
_RENEW = 1.0
"""Seconds after which it is looked whether leases are held."""
_CHECK = b"voicebot"
_VERSION = str(VERSION).encode()
_T = TypeVar("_T")
_TOKEN = re.compile(r"([0-9a-f]{32}\.[A-Za-z0-9_-]{32})(?:\.([0-9]{1,9}))?")


class Keeper:
    """Keeps sessions; an async context manager that connects to the store.

    Args:
        store: has not been started.
        key: encrypts what is kept, and signs tokens; empty for neither.
        renew: seconds after which it is looked whether leases are held.
    """

    def __init__(self, store: Store, key: str = "", *, renew: float = _RENEW) -> None:
        self._away_since: float | None = None
        self.store = store
        self.secret = b""
        """What signs the tokens of all servers that share the store; known when this is entered."""
        self._key = key
        self._seal = Encrypted(key) if key else Plain()
        self._renew = renew
        self._sessions: set[KeptSession] = set()
        """Those that go on here, or wait to be saved."""
        self._finished: dict[KeptSession, float] = {}
        """Those of them that are over here, and since when."""

    async def __aenter__(self) -> Self:
        """Connect.

        Raises:
            StoreError: the store is not reached, or what it holds cannot be read.
        """
        await self.store.start()
        try:
            await self._agree()
        except StoreAway as error:
            await self.store.aclose()
            raise StoreError(f"the store is not reached: {error}") from None
        except BaseException:
            await self.store.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.store.aclose()

    @property
    def is_away(self) -> bool:
        """Whether the store was not reached when it was needed last."""
        return self._away_since is not None

    @property
    def away_for(self) -> float:
        """Seconds for which the store has not been reached."""
        since = self._away_since
        return 0.0 if since is None else asyncio.get_running_loop().time() - since

    async def spend(self, nonce: str, seconds: float) -> bool:
        """See `Store`."""
        return await self._reached(self.store.spend(nonce, seconds))

    def new(self, whose: str, seconds: float) -> KeptSession:
        """Keep a session that begins."""
        session = uuid4().hex
        token = _new_token(session)
        return self._add(
            KeptSession(self, Lease(session, 1, _digest(token), whose), token, Record(session), seconds)
        )

    async def take(self, shown: str, whose: str, seconds: float) -> KeptSession | None:
        """Take over the session of a client that comes back, from whoever has it.

        Args:
            shown: what the client shows: the token, and perhaps a full stop and the number of the last turn
                of which it has got the answer.

        Returns:
            None if there is no such session, or the token is wrong or was used before.

        Raises:
            StoreAway: the store is not reached.
        """
        if (match := _TOKEN.fullmatch(shown)) is None:
            return None
        session = shown.partition(".")[0]
        token = _new_token(session)
        taken = await self._reached(self.store.take(session, _digest(match[1]), whose, _digest(token)))
        if taken is None:
            return None
        lease, value = taken
        try:
            record = Record.decoded(self._seal.open(value), session)
        except UnreadableValue:
            logger.warning("session %s cannot go on: it was written with another key, or changed", session)
            return None
        for each in [each for each in self._sessions if each.id == session]:  # it was here
            each.lose()
            self._sessions.discard(each)
        got = int(match[2]) if match[2] else None
        return self._add(KeptSession(self, lease, token, record, seconds, got=got, returned=True))

    async def save(self, kept: KeptSession) -> bool | None:
        """See `Saving`."""
        value = self._seal.close(kept.record.encoded())
        try:
            return await self._reached(self.store.save(kept.lease, value, kept.seconds))
        except StoreAway:
            return None

    async def finish(self, kept: KeptSession) -> None:
        """See `Saving`."""
        self._finished.setdefault(kept, asyncio.get_running_loop().time())
        try:
            if kept.is_over:
                await self._reached(self.store.forget(kept.lease))
            elif not kept.is_saved:
                await kept.save()
        except StoreAway:
            return  # `run` sees to it
        if kept.is_over or kept.is_saved or kept.is_lost:
            self._drop(kept)

    async def run(self) -> None:
        """See that leases are held, and save what could not be saved, until cancelled.

        Without sessions, only see whether the store is reached.
        """
        while True:
            await asyncio.sleep(self._renew)
            if self._sessions:
                await self._look_after(tuple(self._sessions))
                continue
            with contextlib.suppress(StoreAway):
                await self._reached(self.store.agree("version", _VERSION))

    async def _look_after(self, sessions: tuple[KeptSession, ...]) -> None:
        try:
            holds = await self._reached(
                self.store.renew([each.lease for each in sessions], [each.seconds for each in sessions])
            )
        except StoreAway:
            self._drop_old()
            return
        for kept, hold in zip(sessions, holds, strict=True):
            if hold == "lost":
                kept.lose()
                self._drop(kept)
            elif kept in self._finished:
                await self.finish(kept)
            elif not kept.is_saved or hold == "absent":
                kept.change()

    async def _reached(self, call: Awaitable[_T]) -> _T:
        """Wait for the store; say once in the log that it is away, and that it is back."""
        try:
            answer = await call
        except StoreAway as error:
            if not self.is_away:
                self._away_since = asyncio.get_running_loop().time()
                logger.warning(
                    "the store is away: %s; conversations go on, and are saved when it is back; until then, "
                    "clients that show a token or come back are refused",
                    error,
                )
                for kept in self._sessions:
                    kept.settle()
            raise
        if self.is_away:
            self._away_since = None
            logger.warning("the store is back")
        return answer

    async def _agree(self) -> None:
        written = await self.store.agree("version", _VERSION)
        if written != _VERSION:
            raise StoreError(
                f"the store is one of another version ({written[:20].decode(errors='replace')!r}; this is "
                f"{VERSION}): give another database, such as /1 at the end of its address"
            )
        try:
            is_ours = self._seal.open(await self.store.agree("check", self._seal.close(_CHECK))) == _CHECK
        except UnreadableValue:
            is_ours = False
        if not is_ours:
            raise StoreError(
                "what the store holds was written with another key, or with none; give all servers the same "
                "VOICEBOT_SERVE_KEY as before; if it was lost, or to replace it, stop all servers and empty "
                f"the store, which ends the conversations in it: {self.store.how_to_empty}"
            )
        if self._key:
            self.secret = hmac.digest(self._key.encode(), b"voicebot serve tokens", hashlib.sha256)
        else:
            self.secret = await self.store.agree("secret", secrets.token_bytes(32))

    def _add(self, kept: KeptSession) -> KeptSession:
        self._sessions.add(kept)
        return kept

    def _drop(self, kept: KeptSession) -> None:
        self._sessions.discard(kept)
        self._finished.pop(kept, None)

    def _drop_old(self) -> None:
        """Drop what nobody could come back to any more."""
        now = asyncio.get_running_loop().time()
        for kept, since in list(self._finished.items()):
            if now - since > kept.seconds:
                self._drop(kept)


def _new_token(session: str) -> str:
    return f"{session}.{secrets.token_urlsafe(24)}"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
