"""Counts what providers are asked that they were not asked when the conversation was recorded."""

from __future__ import annotations

from collections import Counter
from typing import Literal, TypeAlias

from voicebot_replay.providers.clock import ReplayClock

ReplayedKind: TypeAlias = Literal["recognizer", "chat", "synthesizer", "tools"]
_MOMENT = 0.001


class Unrecorded:
    """The questions, by kind of provider, that were answered by a rule instead of the recording.

    Args:
        until: the second at which the recording breaks off: what is asked then is not counted.
    """

    def __init__(self, clock: ReplayClock, until: float) -> None:
        self._clock, self._until = clock, until
        self._counts: Counter[ReplayedKind] = Counter()
        self._replies: list[tuple[float, bool]] = []

    def add(self, kind: ReplayedKind) -> None:
        """Count one."""
        if self._clock.now() < self._until - _MOMENT:
            self._counts[kind] += 1

    def reply_begins(self, *, is_recorded: bool) -> None:
        """Record that a reply of the chat model begins, and whether it is the answer to the same words."""
        self._replies.append((self._clock.now(), is_recorded))

    def is_reply_recorded(self, at: float) -> bool:
        """Return whether the last reply that had begun by a second was the answer to the same words."""
        return next((recorded for begun, recorded in reversed(self._replies) if begun <= at), True)

    def counts(self) -> dict[str, int]:
        """Return how many there were, by kind; no kind without any."""
        return {kind: count for kind, count in sorted(self._counts.items()) if count}
