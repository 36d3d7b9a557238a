"""Checks of how a provider starts, is cancelled and closes."""

from __future__ import annotations

import asyncio

from voicebot.testing.contract.check import check
from voicebot.testing.contract.measurements import system_resources
from voicebot.testing.contract.measurements.cancellation import (
    LongUse,
    ensure_stops_when_cancelled,
    spread,
    suspensions,
)
from voicebot.testing.contract.measurements.runtime_resources import (
    RuntimeResources,
    ensure_executor_idle,
    ensure_no_buildup,
    ensure_nothing_left,
)
from voicebot.testing.contract.provider.contract_members import ContractMembers

_CANCELLED_USES, _LEAST_CANCELLED_USES = 16, 4
_CANCELLED_STARTS = 4
_LATER = 0.02
_LOADING = 5.0


class LifeCycleChecks(ContractMembers):
    """What a provider must do from its start to its end."""

    @check  # the first check of all: what is started once per process has not been started yet
    async def test_no_process_or_file_is_left(self) -> None:
        """Neither closing nor a cancelled use leaves a process, an open file, a pipe or a temporary file."""
        with system_resources.temporary_folder() as temporary:
            await system_resources.check_closing(self._start_use_close, temporary)
            async with self._started() as provider:

                async def use() -> None:
                    await self._use_briefly(provider, 0)

                def long_use(number: int) -> LongUse:
                    return lambda midway: self._use_at_length(provider, number, midway)

                enough = self.time_limit / 4
                if note := await system_resources.check_cancelling(use, long_use, temporary, enough):
                    self.notes.append(note)

    @check
    async def test_starting_twice_is_harmless(self) -> None:
        """A provider that is started twice works, and one `aclose` releases everything."""
        before = RuntimeResources()
        provider = self._new_provider()
        try:
            await provider.start()
            await provider.start()
            await self._use(provider)
        finally:
            await provider.aclose()
        await ensure_executor_idle()
        await ensure_nothing_left(before, "closing what was started twice")

    @check
    async def test_closing_twice_or_without_a_start_is_harmless(self) -> None:
        """A provider can be closed without having been started, and can be closed twice."""
        provider = self._new_provider()
        await provider.aclose()
        await provider.aclose()
        provider = self._new_provider()
        await provider.start()
        await provider.aclose()
        await provider.aclose()

    @check
    async def test_used_before_its_start_it_works_or_raises_a_provider_error(self) -> None:
        """A provider that is used before it is started works, or raises a `ProviderError` with a message."""
        provider = self._new_provider()
        try:
            await self._works_or_says_why(provider)
        finally:
            await provider.aclose()

    @check
    async def test_used_after_closing_it_works_or_raises_a_provider_error(self) -> None:
        """A provider that is used after it was closed works, or raises a `ProviderError` with a message."""
        async with self._started() as provider:
            await self._use(provider)
        await self._works_or_says_why(provider)

    @check
    async def test_nothing_is_left_after_closing(self) -> None:
        """Once a provider is closed, none of its tasks, threads or sockets is left."""
        before = RuntimeResources()
        async with self._started() as provider:
            await self._use(provider)
        await ensure_executor_idle()
        await ensure_nothing_left(before, "closing")

    @check
    async def test_cancelled_at_any_await_it_stops_within_250_ms(self) -> None:
        """A use that is cancelled at any of its awaits ends within 250 ms and leaves nothing behind."""
        before = RuntimeResources()
        async with self._started() as provider:
            await self._use(provider)
            idle = RuntimeResources()
            awaits = spread(await suspensions(self._use(provider)), _CANCELLED_USES)
            now = asyncio.get_running_loop().time
            enough = now() + self.time_limit / 4
            for number, at in enumerate((*awaits[::3], *awaits[1::3], *awaits[2::3])):
                if number >= _LEAST_CANCELLED_USES and now() > enough:
                    self.notes.append(f"it is slow, so only {number} of {len(awaits)} awaits were tried")
                    break
                await ensure_stops_when_cancelled(lambda: self._use(provider), at, _LATER * (number % 2))
                await ensure_no_buildup(idle, len(awaits), f"a use that was cancelled at await number {at}")
            await self._use(provider)
        await ensure_executor_idle()
        await ensure_nothing_left(before, "closing")

    @check
    async def test_a_start_that_is_cancelled_leaves_nothing(self) -> None:
        """A start that is cancelled ends within 250 ms; 5 s after closing, nothing it started is left."""
        provider = self._new_provider()
        try:
            count = await suspensions(provider.start())
        finally:
            await provider.aclose()
        before = RuntimeResources()
        for at in spread(count, _CANCELLED_STARTS):
            provider = self._new_provider()
            try:
                await ensure_stops_when_cancelled(provider.start, at, 0.0)
            finally:
                await provider.aclose()
            # a library that loads a model in a thread cannot be stopped
            after = f"closing what was cancelled at await number {at} of its start"
            await ensure_nothing_left(before, after, _LOADING)
