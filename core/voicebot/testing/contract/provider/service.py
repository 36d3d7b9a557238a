"""Checks of a provider whose service is unavailable, refuses it, or is cut off."""

from __future__ import annotations

from voicebot.errors import ProviderError
from voicebot.testing.contract.check import check
from voicebot.testing.contract.failures import Unmet, describe
from voicebot.testing.contract.provider.contract_members import ContractMembers

_RECOVERIES = 5


class ServiceChecks(ContractMembers):
    """What a provider must do when its service fails."""

    @check
    async def test_an_unreachable_service_raises_a_retryable_provider_error(self) -> None:
        """If the service cannot be reached, start or use raises a retryable `ProviderError`."""
        error = await self._failure_of(self.broken())
        self._has_retryable(error, True)

    @check
    async def test_a_refusing_service_raises_a_provider_error_that_is_not_retryable(self) -> None:
        """If the service refuses, start or use raises a `ProviderError` that is not retryable."""
        error = await self._failure_of(self.refused())
        self._has_retryable(error, False)

    @check
    async def test_a_lost_network_raises_a_retryable_provider_error(self) -> None:
        """If the network drops during a use, it completes or raises a retryable error; later uses work."""
        if not self._can_be_cut:
            self.cut()
        async with self._started() as provider:
            await self._use(provider)
            try:
                await self._use(provider, self.cut)
            except ProviderError as error:
                self._has_retryable(error, True)
            finally:
                self.restore()
            for attempt in range(_RECOVERIES):
                try:
                    await self._use(provider)
                    break
                except ProviderError as error:
                    seen = f"attempt {attempt + 1} of {_RECOVERIES} failed: {describe(error)}"
            else:
                raise Unmet("it to work again once the network is back", seen)
