"""Detects when the service has been silent for too long; no clock and no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Problem: TypeAlias = Literal["silent", "disconnected"]

_REQUIRED_SHARE = 0.5
"""Share of the timeout that must have been sound before a silent service is suspicious."""
_MAX_DOUBLINGS = 2
_SILENCE_ACCEPTED_AFTER = 2
"""Silent sessions in a row after which there may simply be nothing to recognise."""


@dataclass(slots=True)
class _SentAudio:
    """Audio that was sent since the last message: since when, and how many seconds."""

    since: float | None = None
    seconds: float = 0.0

    def add(self, now: float, seconds: float) -> None:
        self.since = now if self.since is None else self.since
        self.seconds += seconds

    def due(self, timeout: float) -> float | None:
        """Return when a message is overdue, None if too little audio was sent."""
        if self.since is None or self.seconds < timeout * _REQUIRED_SHARE:
            return None
        return self.since + timeout


class Watchdog:
    """Follows what was sent and received in one session.

    Args:
        timeout: seconds without a message where there should be one.
        silent_sessions: how many sessions in a row were given up because the service was silent. This one
            then gets twice or four times the timeout.
    """

    def __init__(self, timeout: float, silent_sessions: int = 0) -> None:
        self.silent_sessions = silent_sessions
        """Sessions in a row that were given up; 0 once this one has recognised a segment."""
        self.any_message = False
        """Whether the service has sent anything in this session."""
        self.last_message_at = 0.0
        self._timeout = timeout
        self._audio = _SentAudio()
        self._loud_audio = _SentAudio()
        self._disconnected_at: float | None = None
        self._finished_at: float | None = None

    @property
    def timeout(self) -> float:
        """Seconds without a message that are too many in this session."""
        return self._timeout * (1 << min(self.silent_sessions, _MAX_DOUBLINGS))

    @property
    def accepts_silence(self) -> bool:
        """Whether silence may mean that there is nothing to recognise."""
        return self.silent_sessions >= _SILENCE_ACCEPTED_AFTER

    def connected(self, now: float) -> None:
        """Record that the connection was opened."""
        self._disconnected_at = None
        self._restart(now)

    def disconnected(self, now: float) -> None:
        """Record that the connection was lost; the SDK reconnects by itself."""
        self._disconnected_at = now

    def audio_sent(self, now: float, seconds: float, *, loud: bool) -> None:
        """Record audio that was sent; `loud` if it may be speech."""
        self._audio.add(now, seconds)
        if loud:
            self._loud_audio.add(now, seconds)

    def audio_finished(self, now: float) -> None:
        """Record that no more audio will be sent."""
        self._finished_at = now

    def message(self, now: float) -> None:
        """Record a message of the service."""
        self.any_message = True
        self._restart(now)

    def problem(
        self, now: float, *, segment_open: bool, commit_pending_since: float | None
    ) -> Problem | None:
        """Return what is wrong with the connection, None if nothing is."""
        due = self.due(segment_open=segment_open, commit_pending_since=commit_pending_since)
        if due is None or now < due:
            return None
        return "silent" if self._disconnected_at is None else "disconnected"

    def due(self, *, segment_open: bool, commit_pending_since: float | None) -> float | None:
        """Return when there will be a problem if the service sends nothing until then.

        Args:
            segment_open: whether the service is in the middle of a segment of speech.
            commit_pending_since: when the oldest commit was made that the service should confirm.
        """
        if self._disconnected_at is not None:
            return self._disconnected_at + self.timeout
        overdue: list[float | None] = []
        if commit_pending_since is not None:
            overdue.append(max(commit_pending_since, self.last_message_at) + self.timeout)
        if self._finished_at is not None:
            overdue.append(max(self._finished_at, self.last_message_at) + self.timeout)
        if segment_open:
            overdue.append(self._audio.due(self.timeout))
        elif not self.accepts_silence:
            overdue.append(self._loud_audio.due(self.timeout))
        return min((at for at in overdue if at is not None), default=None)

    def _restart(self, now: float) -> None:
        self.last_message_at = now
        self._audio = _SentAudio()
        self._loud_audio = _SentAudio()
