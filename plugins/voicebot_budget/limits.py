"""How much of a budget has been used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from voicebot import Prices, ProviderUsed, amounts_of, money_text
from voicebot_budget.options import BudgetOptions


@dataclass(frozen=True, slots=True)
class Spent:
    """How much of one limit was used: the `share`, more than 1 beyond it, and both in words."""

    share: float
    words: str


def spent(budget: BudgetOptions, used: Sequence[ProviderUsed], minutes: float, prices: Prices) -> Spent:
    """Return how much was used of the limit that is nearest.

    Args:
        used: what providers were used for.
        minutes: how long the conversation has lasted.
    """
    return max(_spent(budget, used, minutes, prices), key=lambda each: each.share)


def _spent(
    budget: BudgetOptions, used: Sequence[ProviderUsed], minutes: float, prices: Prices
) -> Iterator[Spent]:
    amounts = amounts_of(used)
    if budget.money is not None:
        money = prices.cost(used).money
        limit = money_text(budget.money, prices.currency)
        yield Spent(money / budget.money, f"about {money_text(money, prices.currency)} of {limit}")
    if budget.minutes is not None:
        yield Spent(minutes / budget.minutes, f"{round(minutes, 2):g} of {budget.minutes:g} minutes")
    if budget.tokens is not None:
        yield Spent(amounts.tokens / budget.tokens, f"{amounts.tokens:,} of {budget.tokens:,} tokens")
    if budget.characters is not None:
        words = f"{amounts.characters:,} of {budget.characters:,} characters"
        yield Spent(amounts.characters / budget.characters, words)
