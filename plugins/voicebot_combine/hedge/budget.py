"""How many requests may be made twice: a share of all, so that a bad day does not double the bill."""

from __future__ import annotations

_MAX_SAVED = 3.0


class Budget:
    """Allows a second request for a `share` of all requests, plus one at the start; up to three in a row."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._saved = 1.0 if share else 0.0

    def count_request(self) -> None:
        """Count a first request."""
        self._saved = min(_MAX_SAVED, self._saved + self._share)

    def spend(self) -> bool:
        """Return whether a second request is allowed, and count it if so."""
        if self._saved < 1.0 - 1e-9:  # ten times 0.1 is slightly less than one
            return False
        self._saved -= 1.0
        return True
