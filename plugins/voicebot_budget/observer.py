"""The observer that warns of the end of a budget, and then ends the conversation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Self

from voicebot import (
    BotTurnEnded,
    ConversationControl,
    ConversationEvent,
    ConversationInfo,
    Observer,
    Prices,
    ProviderUsed,
    UserTurnEnded,
    load_prices,
)
from voicebot_budget.limits import spent
from voicebot_budget.options import BudgetOptions

_KIND = "budget"
_ROUNDING = 1e-9


class BudgetObserver(Observer[BudgetOptions]):
    """Watches what the conversations of a bot use.

    Args:
        prices: those of the config, if it names a file of them; by default, those that voicebot knows.
    """

    def __init__(self, options: BudgetOptions, prices: Prices | None = None) -> None:
        super().__init__(options)
        self._own = prices
        self._known = Prices()

    @property
    def _prices(self) -> Prices:
        return self._own or self._known

    async def start(self) -> None:
        """Read the prices that voicebot knows."""
        if self.options.money is not None:
            self._known = await asyncio.to_thread(load_prices)

    def renewed(self, other: Self) -> None:
        """Count with the prices of the changed config."""
        self._own = other._own

    async def observe(self, conversation: ConversationInfo, events: AsyncIterator[ConversationEvent]) -> None:
        """Watch one conversation."""
        if conversation.control is None:
            return
        watch = _Watch(self.options, conversation.control)
        watch.check(self._prices)  # it may have begun long before this observer
        async with asyncio.TaskGroup() as tasks:
            waiting = tasks.create_task(self._wait(watch), name="budget: minutes")
            async for event in events:
                if isinstance(event, ProviderUsed | UserTurnEnded | BotTurnEnded):
                    watch.check(self._prices)
            waiting.cancel()

    async def _wait(self, watch: _Watch) -> None:
        """Check when minutes have passed, whatever happens in them."""
        if self.options.minutes is None:
            return
        for share in (self.options.warn_at, 1.0):
            await asyncio.sleep(share * self.options.minutes * 60 - watch.control.now)
            watch.check(self._prices)


class _Watch:
    """What was said of the budget of one conversation."""

    def __init__(self, budget: BudgetOptions, control: ConversationControl) -> None:
        self.control = control
        self._budget = budget
        self._has_warned = self._has_ended = False
        self._unpriced: set[str] = set()
        """What has no price, and was said to have none."""

    def check(self, prices: Prices) -> None:
        """Warn, or end the conversation, if it is time for that."""
        used, budget, control = self.control.used, self._budget, self.control
        if budget.money is not None:
            self._say_unpriced(prices.cost(used).unpriced)
        found = spent(budget, used, control.now / 60, prices)
        if found.share >= 1.0 - _ROUNDING and not self._has_ended:
            self._has_ended = self._has_warned = True
            control.notice(_KIND, f"the budget is used up ({found.words}), so the conversation ends")
            control.end(budget.line)
        elif found.share >= budget.warn_at - _ROUNDING and not self._has_warned:
            self._has_warned = True
            control.notice(_KIND, f"the budget is nearly used up: {found.words}")

    def _say_unpriced(self, names: tuple[str, ...]) -> None:
        if new := [name for name in names if name not in self._unpriced]:
            self._unpriced.update(new)
            control, which = self.control, ", ".join(new)
            control.notice(_KIND, f"no price is known for {which}, which counts as nothing; see `prices`")
