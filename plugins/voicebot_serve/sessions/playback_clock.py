"""How much of the sound that was sent a client has played: by time, corrected by what the client says."""

from __future__ import annotations

_LONGEST_DELAY = 2.0
"""Seconds; a client that claims to be later than this is not believed."""
_ROUNDING = 0.002
"""Seconds by which positions may be off: clients count whole milliseconds."""
_STEP = 0.5
"""How much of a difference to what the client says is learned at once."""


class PlaybackClock:
    """Counts seconds of sound; times are those of the event loop, positions count all sound that was sent.

    Args:
        delay: seconds from sending sound to a silent client until it is heard, until that is known better.
    """

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.sent = 0.0
        """Seconds of sound sent, whether it was cleared or not."""
        self._cleared = 0.0
        """Seconds of it that were cleared before they were played."""
        self._ends = 0.0
        """When the last of it will have been played."""
        self._stretch = 0.0
        """Position at which the sound that is playing began after silence."""
        self._last_clear: tuple[float, float, float] | None = None
        """Positions at the last clear: where the sound had begun, where it was cleared, where it would have
        ended. None once the client has said where it stopped."""
        self._most_played = 0.0

    def add(self, now: float, seconds: float) -> float:
        """Record that sound is sent; return its position."""
        start = self.sent
        if self._ends <= now:
            self._ends, self._stretch = now + self.delay, start
        self._ends += seconds
        self.sent += seconds
        return start

    def position(self, now: float) -> float:
        """Return what the client plays now."""
        return max(self._stretch, self.sent - self.left(now))

    def left(self, now: float) -> float:
        """Return the seconds until all sound will have been played."""
        return max(0.0, self._ends - now)

    def played(self, now: float) -> float:
        """Return the seconds of sound that were played; never less than before."""
        self._most_played = max(self._most_played, self.position(now) - self._cleared)
        return self._most_played

    @property
    def is_clear(self) -> bool:
        """Whether nothing was sent since the last clear."""
        return self._stretch == self.sent

    def clear(self, now: float) -> float:
        """Record that the rest is cleared; return the position at which the client stops."""
        position = self._cleared + self.played(now)
        self._cleared += self.sent - position
        self._last_clear = (self._stretch, position, self.sent)
        self._ends, self._stretch = now, self.sent
        return position

    def is_at(self, now: float, position: float) -> None:
        """Correct the clock: the client plays that position now, in what was not cleared."""
        if not self._stretch <= position <= self.sent:
            return  # it speaks of sound that was cleared since
        self._learn(self.position(now) - position)
        self._ends = now + self.sent - position

    def stopped_at(self, position: float) -> float | None:
        """Learn where the client really stopped at the last clear; what was reported as played stays.

        Returns:
            The seconds that it has played more than it seemed then; None if it speaks of something else.
        """
        if self._last_clear is None:
            return None
        began, cleared, end = self._last_clear
        if not began - _ROUNDING <= position <= end + _ROUNDING:
            return None
        self._last_clear = None
        self._learn(cleared - position)
        return position - cleared

    def _learn(self, late: float) -> None:
        self.delay = min(max(self.delay + _STEP * late, 0.0), _LONGEST_DELAY)
