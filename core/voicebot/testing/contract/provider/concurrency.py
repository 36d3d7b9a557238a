"""The check of what uses of one provider spare each other: one that waits holds up no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot.testing.contract.check import check
from voicebot.testing.contract.failures import Unmet, ungrouped
from voicebot.testing.contract.measurements.progress import until_still
from voicebot.testing.contract.provider.contract_members import ContractMembers

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from typing import Any

    class Base(ContractMembers):
        """What this check needs to know, too."""

        def _paused_midway(self, provider: Any) -> AbstractAsyncContextManager[None]:
            """Leave a use of each kind waiting half-way, within the block."""

else:
    Base = ContractMembers


class ConcurrencyChecks(Base):
    """What a provider keeps to that is used by several at the same time."""

    @check
    async def test_one_that_waits_holds_up_no_other(self) -> None:
        """While one waits half-way, as for a slow listener or speaker, another comes to its end."""
        limit = self.time_limit / 4
        async with self._started() as provider:
            try:
                with ungrouped():
                    async with until_still(limit), self._paused_midway(provider):
                        await self._use_briefly(provider, 0)
            except TimeoutError:
                raise Unmet(
                    "another that comes to its end while one waits half-way",
                    f"it stands still for {limit:g} s, as with a lock that is held over a `yield`",
                ) from None
