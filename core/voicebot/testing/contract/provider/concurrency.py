"""The check that one use of a provider does not hold up another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot.testing.contract.check import check
from voicebot.testing.contract.failures import Unmet, ungrouped
from voicebot.testing.contract.measurements.progress import progress_timeout
from voicebot.testing.contract.provider.contract_members import ContractMembers

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from typing import Any

    class Base(ContractMembers):
        """What this check needs in addition."""

        def _paused_midway(self, provider: Any) -> AbstractAsyncContextManager[None]:
            """Keep a use of each kind waiting half-way while the block runs."""

else:
    Base = ContractMembers


class ConcurrencyChecks(Base):
    """What a provider must do that is used by several conversations at the same time."""

    @check
    async def test_a_use_that_waits_does_not_block_another(self) -> None:
        """While one use waits halfway, as with a slow consumer, another runs to its end."""
        limit = self.time_limit / 4
        async with self._started() as provider:
            try:
                with ungrouped():
                    async with progress_timeout(limit), self._paused_midway(provider):
                        await self._use_briefly(provider, 0)
            except TimeoutError:
                raise Unmet(
                    "a use to end while another waits half-way",
                    f"no progress for {limit:g} s, as when a lock is held across a `yield`",
                ) from None
