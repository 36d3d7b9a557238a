"""What Azure's content filter says about a reply while it streams.

By default the filter looks at text before it is sent. The asynchronous filter sends it at once and says later
that some of it ought not to have been, by offsets into prompt and reply, whose origin it does not tell: the
first verdict on a reply begins where the reply does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Verdicts:
    """Follows one reply and knows how much of its text stands."""

    def __init__(self) -> None:
        self._origin: int | None = None
        self._fine: int | None = None

    def read(self, choice: Mapping[str, Any]) -> None:
        """Take note of what one choice of one chunk says."""
        offsets = choice.get("content_filter_offsets")
        if not isinstance(offsets, dict):
            return
        start, checked = offsets.get("start_offset"), offsets.get("check_offset")
        if not isinstance(start, int):
            return
        self._origin = start if self._origin is None else min(self._origin, start)
        if choice.get("finish_reason") == "content_filter":
            self._fine = min(start, checked) if isinstance(checked, int) else start

    def withdrawn(self, length: int) -> int:
        """Return how many characters at the end of a reply of `length` characters are taken back."""
        if self._fine is None or self._origin is None:
            return 0
        return max(0, length - max(0, self._fine - self._origin))
