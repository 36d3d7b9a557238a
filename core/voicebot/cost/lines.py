"""Amounts and their cost in words, for a line of a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from voicebot.cost.amounts import Amounts, Use
from voicebot.cost.currencies import money_text
from voicebot.cost.prices import Cost, Prices
from voicebot.plain_text import printable_words

_OLD = timedelta(days=183)
"""After which prices are called old."""


def amounts_line(amounts: Amounts) -> str:
    """Return amounts as `12.3 s heard, 340 characters spoken, 1,200 input and 20 output tokens`.

    What was not used is left out.
    """
    said = []
    if amounts.seconds:
        said.append(f"{amounts.seconds:,.1f} s heard")
    if amounts.characters:
        wasted = f" ({amounts.wasted_characters:,} wasted)" if amounts.wasted_characters else ""
        said.append(f"{amounts.characters:,} characters spoken{wasted}")
    if amounts.tokens:
        about = "about " if amounts.estimated else ""
        cached = f" ({amounts.cached_tokens:,} cached)" if amounts.cached_tokens else ""
        wasted = f" (about {amounts.wasted_tokens:,} wasted)" if amounts.wasted_tokens else ""
        read, wrote = f"{about}{amounts.input_tokens:,}", f"{amounts.output_tokens:,}"
        said.append(f"{read} input{cached} and {wrote} output tokens{wasted}")
    return ", ".join(said)


def use_line(events: Iterable[Any], prices: Prices, *, brief: bool = False) -> str:
    """Return what events say was used, and what it cost; empty if it was free.

    Args:
        events: those of a conversation or a turn; what was used of providers that are free is left out.
        brief: whether only the money is said of the cost.
    """
    return line_of(Use(events), prices, brief=brief)


def line_of(use: Use, prices: Prices, *, brief: bool = False) -> str:
    """Return the same for what is added up already."""
    paid = [each for each in use.used if not prices.is_free(each)]
    if not paid:
        return ""
    cost = prices.cost(paid)
    money = f"about {money_text(cost.money, cost.currency)}" if cost.oldest is not None else ""
    parts = amounts_line(use.amounts(paid)), money if brief else cost_line(cost)
    return ", ".join(part for part in parts if part)


def cost_line(cost: Cost, today: date | None = None) -> str:
    """Return a cost as `about $0.0042 (prices of 2026-10-03)`, with what is not in it.

    Args:
        today: the day on which prices are old or not; by default, today.
    """
    said = []
    if cost.oldest is not None:
        about = "at least" if cost.unpriced else "about"
        old = (today or date.today()) - cost.oldest > _OLD  # noqa: DTZ011 - the user's own day
        age = ", which are over six months old" if old else ""
        said.append(f"{about} {money_text(cost.money, cost.currency)} (prices of {cost.oldest}{age})")
    if cost.unpriced:
        said.append(f"no price is known for {printable_words(', '.join(cost.unpriced))}")
    return ", ".join(said)
