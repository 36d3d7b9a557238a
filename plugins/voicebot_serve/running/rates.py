"""Limits by time: requests of an address, sound against real time. Times are those of the event loop."""

from __future__ import annotations

from collections import OrderedDict


class Allowance:
    """Something that is used up and comes back at a constant rate, up to a maximum.

    Args:
        rate: how much comes back a second.
        most: how much there is at first, and at most.
    """

    def __init__(self, rate: float, most: float) -> None:
        self._rate = rate
        self._most = self._left = most
        self._at: float | None = None

    @property
    def left(self) -> float:
        """How much there was at the last use."""
        return self._left

    def take(self, now: float, amount: float = 1.0) -> bool:
        """Use some up; return False, and use nothing, if there is not enough."""
        if self._at is not None:
            self._left = min(self._most, self._left + (now - self._at) * self._rate)
        self._at = now
        if amount > self._left:
            return False
        self._left -= amount
        return True


class RateLimits:
    """An allowance for each of many addresses; the ones longest not seen are forgotten first.

    Args:
        rate: how much comes back a second.
        most: how much there is at first, and at most.
        size: how many addresses are remembered.
    """

    def __init__(self, rate: float, most: float, size: int = 10_000) -> None:
        self._rate = rate
        self._most = most
        self._size = size
        self._allowances: OrderedDict[str, Allowance] = OrderedDict()

    def take(self, address: str, now: float, amount: float = 1.0) -> bool:
        """Use some up for an address; return False if there is not enough."""
        allowance = self._allowances.get(address)
        if allowance is None:
            allowance = self._allowances[address] = Allowance(self._rate, self._most)
        self._allowances.move_to_end(address)
        if len(self._allowances) > self._size:
            self._allowances.popitem(last=False)
        return allowance.take(now, amount)
