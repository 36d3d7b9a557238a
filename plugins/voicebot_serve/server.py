"""A server without its sockets: bots, sessions, tokens and measurements of one process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from voicebot import AudioFormat, Resampler
from voicebot_serve.access.gate import Gate
from voicebot_serve.access.tokens import Tokens
from voicebot_serve.bots import ServedBot
from voicebot_serve.edits import Edits
from voicebot_serve.running.loop_lag import LoopLag
from voicebot_serve.running.metric_types import Metric
from voicebot_serve.running.metrics import Metrics
from voicebot_serve.running.rates import RateLimits
from voicebot_serve.running.shared_metrics import SharedMetrics
from voicebot_serve.sessions.owner import network_of
from voicebot_serve.sessions.registry import SessionRegistry
from voicebot_serve.store.embedded import EmbeddedStore
from voicebot_serve.store.keeper import Keeper

_COMMON_RATES = (AudioFormat(24_000), AudioFormat(16_000))
_CONNECTS, _CONNECTS_AT_ONCE = 20.0, 200.0
"""Connections that an address may make a second, and at once; a page needs ten."""
_STORE_AWAY = 10.0
"""Seconds for which the store may be away before new clients should go to another server. A Redis that was
only started again is back sooner, and those who need no store would be sent away too."""
_LAST_LINE = 15.0
"""Seconds for the last line of conversations that are ended."""


class Server:
    """Bots that clients can talk to; an async context manager that starts them, to be entered once.

    Args:
        bots: starts the bots when it is entered, such as `started(configs)`.
        most: conversations that there may be at a time, in all processes.
        keeper: keeps sessions, and knows which tokens were used; by default, for this process alone.
        lag: measures how busy the process is.
        share: makes the metrics of several processes of those of this one.
        watch: whether a bot changes when its config is saved.
        tells: whether to log what all processes would log alike.
    """

    def __init__(
        self,
        bots: AbstractAsyncContextManager[Mapping[str, ServedBot]],
        *,
        most: int = 100,
        keeper: Keeper | None = None,
        lag: LoopLag | None = None,
        share: Callable[[Sequence[Metric]], SharedMetrics] | None = None,
        watch: bool = False,
        tells: bool = True,
    ) -> None:
        self.bots: Mapping[str, ServedBot] = {}
        """By name, the first one first; empty until this is entered."""
        self.gates: dict[str, Gate] = {}
        self.is_entered = False
        self._starting = bots
        self._most = most
        self.keeper = keeper or Keeper(EmbeddedStore())
        self._lag = lag or LoopLag()
        self._share = share
        self._watch, self._tells = watch, tells
        self._shared: SharedMetrics | None = None
        self._connects = RateLimits(_CONNECTS, _CONNECTS_AT_ONCE)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.is_entered = True
        lag = self._lag
        self.metrics = Metrics(self._counts, lambda: lag.p99, lambda: self.sessions.is_draining)
        self.sessions = SessionRegistry(
            self._most, lambda: lag.is_overloaded, self.metrics.observe, self._elsewhere
        )
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.keeper)  # first, as it may say at once that it cannot
            tokens = Tokens(self.keeper.secret, self.keeper.spend, _now)
            self.bots = await stack.enter_async_context(self._starting)
            Resampler(*_COMMON_RATES)  # imports what takes longer than other conversations could stand still
            now = asyncio.get_running_loop().time
            self.gates = {name: Gate(name, served.options, tokens, now) for name, served in self.bots.items()}
            tasks = await stack.enter_async_context(asyncio.TaskGroup())
            measuring = tasks.create_task(lag.run(), name="loop lag")
            stack.callback(measuring.cancel)
            keeping = tasks.create_task(self.keeper.run(), name="keep sessions")
            stack.callback(keeping.cancel)
            for name, served in self.bots.items() if self._watch else ():
                edits = Edits(served, self.gates[name], tells=self._tells)
                editing = tasks.create_task(edits.run(), name=f"edits of {name}")
                stack.callback(editing.cancel)
            if self._share is not None:
                self._shared = self._share(self.metrics.all)
                sharing = tasks.create_task(self._shared.run(), name="share metrics")
                stack.callback(sharing.cancel)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, traceback)

    @property
    def is_ready(self) -> bool:
        """Whether new conversations are let in, at least of clients that need no store."""
        return bool(self.bots) and not self.sessions.is_draining

    @property
    def unready(self) -> str:
        """Why new clients should go to another server; empty if they need not."""
        if not self.is_ready:
            return "draining"
        return "the store is away" if self.keeper.away_for >= _STORE_AWAY else ""

    def bot_named(self, name: str | None) -> ServedBot | None:
        """Return the bot that a client asks for; the only one whatever it is called, the first if unnamed.

        Clients of OpenAI have to name a model, and cannot always choose how.
        """
        first = next(iter(self.bots.values()), None)
        if name is None or len(self.bots) == 1:
            return first
        return self.bots.get(name)

    def admits_connection(self, address: str) -> bool:
        """Return whether an address may connect once more, whatever it wants; a trusted proxy always may."""
        if any(gate.trusts(address) for gate in self.gates.values()):
            return True
        admitted = self._connects.take(network_of(address), asyncio.get_running_loop().time())
        if not admitted:
            self.metrics.refused("connections")
        return admitted

    async def metrics_text(self) -> str:
        """Return the metrics in the text format of Prometheus: of all processes that share an address."""
        return await self._shared.text() if self._shared is not None else self.metrics.text()

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

    def _elsewhere(self) -> int:
        return self._shared.conversations_elsewhere if self._shared is not None else 0

    def _counts(self) -> dict[str, int]:
        return {name: self.sessions.count_of(name) for name in self.bots}


def _now() -> float:
    return datetime.now(UTC).timestamp()
