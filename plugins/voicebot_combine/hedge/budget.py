"""What asking twice may cost: a share of all requests, so that a bad day does not double the bill."""

from __future__ import annotations

_MOST_SAVED = 3.0


class Budget:
    """Allows at most `share` of the requests, and one more, to be asked twice, three in a row beyond that."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._saved = 1.0 if share else 0.0

    def asked(self) -> None:
        """Count a request."""
        self._saved = min(_MOST_SAVED, self._saved + self._share)

    def spend(self) -> bool:
        """Return whether one more may be asked twice, and count it if so."""
        if self._saved < 1.0 - 1e-9:  # ten tenths are a little less than one
            return False
        self._saved -= 1.0
        return True
