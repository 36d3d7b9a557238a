"""All sessions of a process: how many there may be, and their end."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Literal

from voicebot import Bot, ConversationEvent, LiveBot
from voicebot_serve.options import ServeOptions
from voicebot_serve.sessions.owner import Owner
from voicebot_serve.sessions.session import Session
from voicebot_serve.store.kept_session import KeptSession


class SessionRefused(Exception):
    """There is no room for another session.

    `reason` is `full` (the server), `draining`, `busy` (it is overloaded), or `limit` (of a key or address).
    `advice` is for the log: which limit it was, and how to change it; empty if there is nothing to do.
    """

    def __init__(
        self, reason: Literal["full", "draining", "busy", "limit"], message: str, advice: str = ""
    ) -> None:
        super().__init__(message)
        self.reason: Literal["full", "draining", "busy", "limit"] = reason
        self.advice = advice


class SessionRegistry:
    """The sessions of a process.

    Args:
        most: how many there may be at a time, in all processes of the server.
        is_overloaded: returns whether the process is so busy that another session would harm the others.
        on_event: called with each event of each session.
        elsewhere: returns how many sessions the other processes have, as far as that is known.
    """

    def __init__(
        self,
        most: int,
        is_overloaded: Callable[[], bool],
        on_event: Callable[[Session, ConversationEvent], None],
        elsewhere: Callable[[], int] = lambda: 0,
    ) -> None:
        self.is_draining = False
        """Whether no more sessions are let in."""
        self._most = most
        self._is_overloaded = is_overloaded
        self._on_event = on_event
        self._elsewhere = elsewhere
        self._sessions: set[Session] = set()
        self._of_owner: Counter[tuple[str, str, str]] = Counter()
        self._of_address: Counter[str] = Counter()
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        return len(self._sessions)

    def count_of(self, bot: str) -> int:
        """Return how many sessions there are with a bot."""
        return sum(session.name == bot for session in self._sessions)

    @asynccontextmanager
    async def session(
        self,
        name: str,
        bot: Bot | LiveBot,
        options: ServeOptions,
        owner: Owner,
        kept: KeptSession | None = None,
    ) -> AsyncGenerator[Session, None]:
        """Let a client in, and end its session when the block ends.

        Args:
            kept: keeps what is needed to go on on another server, or gives it.

        Raises:
            SessionRefused: there is no room for it.
        """
        self.check(name, options, owner)
        limits = options.limits
        session = Session(
            name,
            bot,
            owner,
            longest=limits.length,
            farewell=options.farewell,
            allowed=options.allow,
            on_event=self._on_event,
            kept=kept,
        )
        whose = _whose(name, owner)
        self._sessions.add(session)
        self._of_owner[whose] += 1
        self._of_address[owner.network] += 1
        try:
            async with session:
                yield session
        finally:
            self._sessions.discard(session)
            self._of_owner -= Counter([whose])  # which forgets what reaches 0
            self._of_address -= Counter([owner.network])
            self._changed.set()

    def check(self, name: str, options: ServeOptions, owner: Owner) -> None:
        """Raise `SessionRefused` if there is no room for a session."""
        if self.is_draining:
            raise SessionRefused("draining", "the server is about to stop; connect again")
        if len(self._sessions) + self._elsewhere() >= self._most:
            raise SessionRefused(
                "full",
                "there are as many conversations as the server can hold",
                f"--max-conversations is {self._most}; raise it, or start more servers",
            )
        if self._is_overloaded():
            raise SessionRefused(
                "busy",
                "the server is too busy for another conversation",
                "its event loop is late again and again; start more workers or servers",
            )
        limits = options.limits
        if limits.per_key is not None and self._of_owner[_whose(name, owner)] >= limits.per_key:
            raise SessionRefused(
                "limit",
                "there are as many conversations with this key as it may have",
                f"`serve.limits.per_key` of the config is {limits.per_key}; raise it if that is one website "
                "or program with many users",
            )
        is_carrier = owner.way == "carrier"  # all its calls come from a few addresses
        if not is_carrier and self._of_address[owner.network] >= limits.per_address:
            raise SessionRefused(
                "limit",
                "there are as many conversations from this address as it may have",
                f"`serve.limits.per_address` of the config is {limits.per_address}; raise it if that is a "
                "program with many users, or list it in `serve.trusted_proxies` if it is a proxy",
            )

    def end_all(self, line: str | None = None) -> None:
        """End all sessions, each with a line; by default, with the farewell of its bot."""
        for session in list(self._sessions):
            session.end(session.farewell if line is None else line)

    async def wait_until_empty(self) -> None:
        """Wait until no session is left."""
        while self._sessions:
            self._changed.clear()
            await self._changed.wait()


def _whose(name: str, owner: Owner) -> tuple[str, str, str]:
    """Return whom a session counts for: a token counts for the key or user that it was issued to."""
    way = "open" if not owner.name else "named"
    return name, way, owner.name
