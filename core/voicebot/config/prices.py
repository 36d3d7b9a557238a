"""Reading prices: the file that comes with voicebot, and one of the user's."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from pydantic import field_validator, model_validator

from voicebot.config.load_options import load_options
from voicebot.cost.currencies import CURRENCIES
from voicebot.cost.prices import Price, Prices
from voicebot.options import Field, Options

_SHIPPED = Path(__file__).parents[1] / "cost" / "prices.yaml"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class PriceEntry(Options):
    """The price of a provider, with certain models."""

    provider: str = Field(min_length=1)
    """Name of a provider in configs, or a pattern such as `*-openai`."""
    model: str = Field("*", min_length=1)
    """Name of the model or the voice, or a pattern such as `gpt-5.6-luna*`."""
    date: str
    """The day on which the price was read, such as `2026-11-30`."""
    source: str = ""
    """Where it was read."""
    input: float | None = Field(None, ge=0)
    """For a million tokens that a chat model reads."""
    cached: float | None = Field(None, ge=0)
    """For a million tokens of these that it has cached; unset for the price of others."""
    output: float | None = Field(None, ge=0)
    """For a million tokens that a chat model writes."""
    characters: float | None = Field(None, ge=0)
    """For a million characters that are spoken."""
    hour: float | None = Field(None, ge=0)
    """For an hour of sound that is recognised."""
    free: bool = False
    """Whether it costs nothing."""

    @field_validator("date")
    @classmethod
    def _is_a_day(cls, written: str) -> str:
        try:
            if not _DAY.fullmatch(written):
                raise ValueError
            date.fromisoformat(written)
        except ValueError:
            raise ValueError("must be a day such as 2026-11-30") from None
        return written

    @model_validator(mode="after")
    def _says_something(self) -> PriceEntry:
        prices = (self.input, self.cached, self.output, self.characters, self.hour)
        if self.free == any(price is not None for price in prices):
            raise ValueError(
                "needs a price (`input`, `cached`, `output`, `characters`, `hour`), or `free: true`"
            )
        return self


class PriceFile(Options):
    """A file of prices."""

    currency: str = "USD"
    """The currency of all prices in the file, as a code of three letters."""
    prices: tuple[PriceEntry, ...]
    """The prices; the first that fits counts."""

    @field_validator("currency")
    @classmethod
    def _is_known(cls, currency: str) -> str:
        if currency not in CURRENCIES:
            raise ValueError(f"'{currency}' is not the code of a currency, such as USD or EUR")
        return currency


def load_prices(path: Path | None = None) -> Prices:
    """Return the prices that come with voicebot, after those of a file, if one is named.

    Args:
        path: a file of prices; its currency is the one that counts.

    Raises:
        ConfigError: the file cannot be used; holds every problem found.
    """
    paths = (_SHIPPED,) if path is None else (path, _SHIPPED)
    files = [load_options(each, PriceFile, name="the file of prices") for each in paths]
    entries = (_price(entry, file.currency) for file in files for entry in file.prices)
    return Prices(tuple(entries), files[0].currency)


def _price(entry: PriceEntry, currency: str) -> Price:
    return Price(
        entry.provider.lower(),
        date.fromisoformat(entry.date),
        entry.model.lower(),
        currency,
        entry.input,
        entry.cached,
        entry.output,
        entry.characters,
        entry.hour,
        entry.free,
        entry.source,
    )
