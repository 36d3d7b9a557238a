"""Prices of providers and their models, and what a use costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from datetime import date
from fnmatch import fnmatchcase

from voicebot.dataclass import dataclass
from voicebot.events import ProviderUsed

_MILLION, _HOUR = 1e6, 3600.0


@dataclass(frozen=True, slots=True)
class Price:
    """What a provider costs with certain models, on a `day`; None for what has no price.

    `provider` and `model` are patterns such as `gpt-5.6-luna*`, in lower case. `input`, `cached` and `output`
    are for a million tokens, `characters` for a million characters, `hour` for an hour of sound; `free` for
    what costs nothing. `cached` defaults to `input`.
    """

    provider: str
    day: date
    model: str = "*"
    currency: str = "USD"
    input: float | None = None
    cached: float | None = None
    output: float | None = None
    characters: float | None = None
    hour: float | None = None
    free: bool = False
    source: str = ""

    def fits(self, used: ProviderUsed) -> bool:
        """Return whether this is the price of what was used."""
        return fnmatchcase(used.provider.lower(), self.provider) and fnmatchcase(
            used.model.lower(), self.model
        )

    def of(self, used: ProviderUsed) -> float | None:
        """Return what a use costs; None if the price does not say."""
        if self.free:
            return 0.0
        cached = self.input if self.cached is None else self.cached
        parts = (
            (used.input_tokens - used.cached_tokens, self.input, _MILLION),
            (used.cached_tokens, cached, _MILLION),
            (used.output_tokens, self.output, _MILLION),
            (used.characters, self.characters, _MILLION),
            (used.seconds, self.hour, _HOUR),
        )
        money = 0.0
        for amount, price, unit in parts:
            if amount and price is None:
                return None
            money += amount * (price or 0.0) / unit
        return money


@dataclass(frozen=True, slots=True)
class Cost:
    """What something cost: `money` in a `currency`, without what is `unpriced`.

    `unpriced` names providers and models without a price. `oldest` is the day of the oldest price that was
    used. `estimated` says whether amounts are an estimate.
    """

    money: float
    currency: str
    unpriced: tuple[str, ...] = ()
    oldest: date | None = None
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices in one currency; the first that fits counts. Those in other currencies are not used."""

    entries: tuple[Price, ...] = ()
    currency: str = "USD"
    _found: dict[tuple[str, str], Price | None] = field(default_factory=dict, repr=False, compare=False)

    def find(self, used: ProviderUsed) -> Price | None:
        """Return the price of what was used, if it is known."""
        key = used.provider, used.model
        if key not in self._found:
            fitting = (each for each in self.entries if each.fits(used))
            self._found[key] = next(
                (each for each in fitting if each.free or each.currency == self.currency), None
            )
        return self._found[key]

    def is_free(self, used: ProviderUsed) -> bool:
        """Return whether it costs nothing, as a model on this machine."""
        price = self.find(used)
        return price is not None and price.free

    def cost(self, every: Iterable[ProviderUsed]) -> Cost:
        """Return what a number of uses cost together."""
        money, unpriced, days, estimated = 0.0, [], [], False
        for used in every:
            price = self.find(used)
            one = price.of(used) if price is not None else None
            if price is None or one is None:
                unpriced.append(" ".join(name for name in (used.provider, used.model) if name))
                continue
            money += one
            estimated = estimated or (used.estimated and not price.free)
            days += [price.day] if not price.free else []
        names = tuple(dict.fromkeys(unpriced))
        return Cost(money, self.currency, names, min(days, default=None), estimated)
