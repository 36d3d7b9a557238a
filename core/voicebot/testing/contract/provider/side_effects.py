"""Checks of what using a provider does to the program around it."""

from __future__ import annotations

from voicebot.testing.contract.check import check
from voicebot.testing.contract.measurements import loop_stalls, memory, memory_growth
from voicebot.testing.contract.measurements.cancellation import cancel_midway
from voicebot.testing.contract.provider import injection
from voicebot.testing.contract.provider.contract_members import ContractMembers


class SideEffectChecks(ContractMembers):
    """What a provider must not do to the program that uses it."""

    @check
    async def test_the_event_loop_is_never_blocked(self) -> None:
        """A use, complete or cancelled, never blocks the event loop for more than 40 ms."""
        async with self._started() as provider:

            async def use() -> None:
                await self._use_fully(provider)
                await cancel_midway(lambda midway: self._use_at_length(provider, 0, midway))

            await loop_stalls.ensure_no_stalls(use)

    @check
    async def test_memory_does_not_grow_with_use(self) -> None:
        """Using a provider again and again, completely or not, does not add to the memory each time."""
        with memory.traced():
            async with self._started() as provider:

                async def use(number: int) -> None:
                    await self._use_briefly(provider, number)
                    await cancel_midway(lambda midway: self._use_at_length(provider, 0, midway))

                await memory_growth.ensure_no_growth(use)

    @check
    async def test_a_text_is_never_a_command(self) -> None:
        """A text that looks like a command, an option or a path is treated as text."""
        async with self._started() as provider:
            await injection.ensure_texts_are_inert(lambda text: self._give_text(provider, text))
