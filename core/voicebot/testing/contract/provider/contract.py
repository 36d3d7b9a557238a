"""The contract of every provider: what an author supplies, and what the checks of every kind build on."""

from __future__ import annotations

import unittest
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from voicebot.errors import ProviderError
from voicebot.interfaces import Provider
from voicebot.testing.contract.discovery import is_ours, refuse_failures_without_reason, refuse_overrides
from voicebot.testing.contract.failures import Unmet, expect
from voicebot.testing.contract.measurements.progress import record_progress
from voicebot.testing.contract.provider.life_cycle import LifeCycleChecks
from voicebot.testing.contract.provider.options import OptionChecks
from voicebot.testing.contract.provider.secret_options import secrets
from voicebot.testing.contract.provider.service import ServiceChecks
from voicebot.testing.contract.provider.side_effects import SideEffectChecks

ProviderT = TypeVar("ProviderT", bound=Provider[Any])


def do_nothing() -> None:
    """Do nothing half-way through."""


class ProviderContract(ServiceChecks, OptionChecks, SideEffectChecks, LifeCycleChecks, Generic[ProviderT]):
    """What every provider must do.

    A subclass for pytest is called `Test...` and has `make`; everything else an author supplies is optional.
    """

    expected_failures: ClassVar[dict[str, str]] = {}
    """Checks that are known to fail, each with the reason. If one passes after all, that is a failure."""
    time_limit: ClassVar[float] = 60.0
    """Seconds without progress after which a check is stopped; with progress, ten times as many."""
    sdk: ClassVar[tuple[str, ...]] = ()
    """Top-level modules that loading the plugin must not import, in addition to those in `requires`."""

    def make(self) -> ProviderT:
        """Return a new provider that has not been started; called often."""
        raise NotImplementedError(f"{type(self).__name__} needs a method make() that returns a provider")

    def broken(self) -> ProviderT:
        """Return a provider whose service cannot be reached, such as at an address where nothing listens."""
        raise unittest.SkipTest(
            "there is no broken(), which returns a provider whose service cannot be reached"
        )

    def refused(self) -> ProviderT:
        """Return a provider that its service refuses, such as one with a wrong key."""
        raise unittest.SkipTest("there is no refused(), which returns a provider that its service refuses")

    def cut(self) -> None:
        """Cut the connections between providers from `make` and their service, and prevent new ones."""
        raise unittest.SkipTest("there is no cut(), which cuts the connections to the service")

    def restore(self) -> None:
        """Undo `cut`; called after it."""

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        if not is_ours(cls):
            refuse_overrides(cls)
            refuse_failures_without_reason(cls, cls.expected_failures)

    def masked(self, text: str) -> str:
        """Return a text without the provider's secrets."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    @cached_property
    def notes(self) -> list[str]:
        """What a check reports in addition to its result, such as figures."""
        return []

    @property
    def _latest_provider(self) -> ProviderT:
        return self._last_made

    @property
    def _can_be_cut(self) -> bool:
        return type(self).cut is not ProviderContract.cut

    async def _use(self, provider: ProviderT, midway: Callable[[], None] = do_nothing) -> None:
        """Use a provider once, completely; call `midway` half-way through."""
        raise NotImplementedError

    async def _use_fully(self, provider: ProviderT) -> None:
        """Use everything a provider offers, at some length."""
        await self._use(provider)

    async def _use_briefly(self, provider: ProviderT, number: int) -> None:
        """Use a provider briefly in each of its ways, with different content for each number."""
        await self._use(provider)

    async def _use_at_length(self, provider: ProviderT, number: int, midway: Callable[[], None]) -> None:
        """Use a provider for long in one of its ways; call `midway` once it has begun."""
        await self._use(provider, midway)

    async def _give_text(self, provider: ProviderT, text: str) -> None:
        """Pass a text to a provider wherever it takes one."""
        raise unittest.SkipTest("it takes no text")

    async def _start_use_close(self) -> None:
        """Start a provider, use it, and close it."""
        async with self._started() as provider:
            await self._use_briefly(provider, 0)

    @asynccontextmanager
    async def _started(self) -> AsyncGenerator[ProviderT, None]:
        provider = self._new_provider()
        try:
            await provider.start()
            record_progress()
            yield provider
        finally:
            await provider.aclose()

    def _new_provider(self) -> ProviderT:
        return self._remember_secrets(self.make())

    def _remember_secrets(self, provider: ProviderT) -> ProviderT:
        """Remember a provider's secrets, which no message of a check may contain."""
        self._last_made = provider
        self._secrets.update(secrets(provider.options).values())
        return provider

    @cached_property
    def _secrets(self) -> set[str]:
        return set()

    async def _start_and_use(self, provider: ProviderT) -> None:
        self._remember_secrets(provider)
        try:
            await provider.start()
            await self._use(provider)
        finally:
            await provider.aclose()

    async def _works_or_says_why(self, provider: ProviderT) -> None:
        try:
            await self._use(provider)
        except ProviderError as error:
            expect(str(error).strip(), "an error with a message", "an error without one")

    def _has_retryable(self, error: ProviderError, wanted: bool) -> None:
        """Require an error to say whether it is worth trying again."""
        expect(
            error.retryable is wanted,
            f"a ProviderError with retryable={wanted}",
            f"retryable={error.retryable} in {error}",
        )

    async def _failure_of(self, provider: ProviderT) -> ProviderError:
        try:
            await self._start_and_use(provider)
        except ProviderError as error:
            expect(str(error).strip(), "an error with a message", "an error without one")
            return error
        raise Unmet("a ProviderError", "it works")
