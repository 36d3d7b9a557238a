"""A server without its sockets: bots, sessions, tokens and measurements of one process."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from voicebot_serve.access.gate import Gate
from voicebot_serve.access.tokens import SpentHere, SpentInDirectory, Tokens
from voicebot_serve.bots import ServedBot
from voicebot_serve.running.loop_lag import LoopLag
from voicebot_serve.running.metrics import Metrics
from voicebot_serve.sessions.registry import SessionRegistry

_LAST_LINE = 15.0
"""Seconds for the last line of conversations that are ended."""
_SECRET = "secret"
_SPENT = "spent"


@dataclass(frozen=True, slots=True)
class Shared:
    """What the processes of one server share: a directory that only their user can read."""

    directory: Path

    @classmethod
    def create(cls, directory: Path) -> Shared:
        """Fill an empty directory."""
        (directory / _SPENT).mkdir(mode=0o700)
        file = directory / _SECRET
        file.touch(mode=0o600)
        file.write_bytes(secrets.token_bytes(32))
        return cls(directory)

    def tokens(self) -> Tokens:
        """Return the tokens that all of them accept."""
        return Tokens(
            (self.directory / _SECRET).read_bytes(), SpentInDirectory(self.directory / _SPENT), _now
        )


class Server:
    """Bots that clients can talk to; an async context manager that starts them, to be entered once.

    Args:
        bots: starts the bots when it is entered, such as `started(configs)`.
        most: conversations that there may be at a time.
        shared: what the processes share, if there are several.
        lag: measures how busy the process is.
    """

    def __init__(
        self,
        bots: AbstractAsyncContextManager[Mapping[str, ServedBot]],
        *,
        most: int = 100,
        shared: Shared | None = None,
        lag: LoopLag | None = None,
    ) -> None:
        self.bots: Mapping[str, ServedBot] = {}
        """By name, the first one first; empty until this is entered."""
        self.gates: dict[str, Gate] = {}
        self.is_entered = False
        self._starting = bots
        self._most = most
        self._tokens = (
            shared.tokens() if shared is not None else Tokens(secrets.token_bytes(32), SpentHere(), _now)
        )
        self._lag = lag or LoopLag()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.is_entered = True
        lag = self._lag
        self.metrics = Metrics(self._counts, lambda: lag.p99, lambda: self.sessions.is_draining)
        self.sessions = SessionRegistry(self._most, lambda: lag.is_overloaded, self.metrics.observe)
        async with AsyncExitStack() as stack:
            self.bots = await stack.enter_async_context(self._starting)
            now = asyncio.get_running_loop().time
            self.gates = {
                name: Gate(name, served.options, self._tokens, now) for name, served in self.bots.items()
            }
            tasks = await stack.enter_async_context(asyncio.TaskGroup())
            measuring = tasks.create_task(lag.run(), name="loop lag")
            stack.callback(measuring.cancel)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, traceback)

    @property
    def is_ready(self) -> bool:
        """Whether new conversations are let in."""
        return bool(self.bots) and not self.sessions.is_draining

    def bot_named(self, name: str | None) -> ServedBot | None:
        """Return the bot that a client asks for; the only one whatever it is called, the first if unnamed.

        Clients of OpenAI have to name a model, and cannot always choose how.
        """
        first = next(iter(self.bots.values()), None)
        if name is None or len(self.bots) == 1:
            return first
        return self.bots.get(name)

    async def drain(self, seconds: float, line: str | None = None) -> None:
        """Let nobody in, wait for the conversations to end, and end those that are left with a line.

        Args:
            seconds: how long they may go on.
            line: instead of the farewells of the bots.
        """
        self.sessions.is_draining = True
        try:
            async with asyncio.timeout(seconds):
                await self.sessions.wait_until_empty()
        except TimeoutError:
            self.sessions.end_all(line)
            try:
                async with asyncio.timeout(_LAST_LINE):
                    await self.sessions.wait_until_empty()
            except TimeoutError:
                pass

    def _counts(self) -> dict[str, int]:
        return {name: self.sessions.count_of(name) for name in self.bots}


def _now() -> float:
    return datetime.now(UTC).timestamp()
