"""The results of Azure's asynchronous content filter, which arrive while a reply streams.

The default filter checks text before it is sent. The asynchronous filter sends text at once, and reports
later how much of it should not have been sent. Its offsets count from an origin that it does not state; the
first result on a reply begins where the reply does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class FilterResults:
    """Follows one reply and knows how much of its text has to be withdrawn."""

    def __init__(self) -> None:
        self._origin: int | None = None
        """The offset at which the reply begins."""
        self._accepted_until: int | None = None
        """The offset at which the withdrawn text begins, None if nothing is withdrawn."""

    def read(self, choice: Mapping[str, Any]) -> None:
        """Read the filter result in the choice of a chunk, if there is one."""
        offsets = choice.get("content_filter_offsets")
        if not isinstance(offsets, dict):
            return
        start, checked = offsets.get("start_offset"), offsets.get("check_offset")
        if not isinstance(start, int):
            return
        self._origin = start if self._origin is None else min(self._origin, start)
        if choice.get("finish_reason") == "content_filter":
            self._accepted_until = min(start, checked) if isinstance(checked, int) else start

    def withdrawn(self, length: int) -> int:
        """Return how many characters are withdrawn from the end of a reply of `length` characters."""
        if self._accepted_until is None or self._origin is None:
            return 0
        return max(0, length - max(0, self._accepted_until - self._origin))
