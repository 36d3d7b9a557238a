"""Counts what providers are asked that they were not asked when the conversation was recorded."""

from __future__ import annotations

from collections import Counter
from typing import Literal, TypeAlias

ReplayedKind: TypeAlias = Literal["recognizer", "chat", "synthesizer", "tools"]


class Unrecorded:
    """The questions, by kind of provider, that were answered by a rule instead of the recording."""

    def __init__(self) -> None:
        self._counts: Counter[ReplayedKind] = Counter()

    def add(self, kind: ReplayedKind) -> None:
        """Count one."""
        self._counts[kind] += 1

    def counts(self) -> dict[str, int]:
        """Return how many there were, by kind; no kind without any."""
        return {kind: count for kind, count in sorted(self._counts.items()) if count}
