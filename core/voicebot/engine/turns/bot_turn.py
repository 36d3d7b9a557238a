"""The turn of the bot that is under way: what it answers, and whether anybody has heard of it."""

from __future__ import annotations


class BotTurn:
    """At most one at a time; times are seconds on the turns' clock.

    Args:
        unheard: seconds after its first sound within which it counts as never given.
        stands: whether it counts as given from the first, because it cannot be undone.
    """

    def __init__(self, unheard: float, *, stands: bool = False) -> None:
        self.is_on = False
        self.answers: int | None = None
        """The number of the user's turn that it answers; None where the bot speaks unasked."""
        self._unheard = unheard
        self._stands = stands
        self._heard_at: float | None = None

    def begin(self, answers: int | None) -> None:
        """Take note that it is the bot's turn."""
        self.is_on, self.answers, self._heard_at = True, answers, None

    def heard(self, now: float) -> None:
        """Take note that it has become audible."""
        self._heard_at = now

    def is_unheard(self, now: float) -> bool:
        """Return whether it counts as never given if it is cut off now."""
        return not self._stands and (self._heard_at is None or now - self._heard_at < self._unheard)

    def end(self) -> None:
        """Take note that it is over."""
        self.is_on = False
