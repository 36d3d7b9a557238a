"""Whether the user speaks, as far as it is reported or words show it, and since when not."""

from __future__ import annotations

from collections import deque

from voicebot.engine.turns.user_turn.noise import Noise

_PAUSES = 50
_UNTOLD = 2.0
"""Seconds after a final in which nobody is taken to have said the same again, if nobody tells of speech."""


class UserSpeech:
    """What is known of the user's speech; times are seconds on the turns' clock.

    Args:
        detects: whether a voice activity detector reports speech, so that no word comes without a report.
    """

    def __init__(self, *, detects: bool) -> None:
        self.goes_on = False
        self.silent_since = 0.0
        """When it stopped last."""
        self.changed_at = 0.0
        """When the words changed last."""
        self.pauses: deque[float] = deque(maxlen=_PAUSES)
        """The pauses after which the user went on, in seconds, the latest last."""
        self.noise = Noise()
        self.detects = detects
        self.is_reported = False
        """Whether words need not stand for speech."""
        self.awaits_report = False
        """Whether the end of speech will be reported."""
        self._has_been_reported = False
        self._since_final = False
        self._began_at = self._final_at = float("-inf")

    def report(self) -> None:
        """Take note that a start of speech is reported."""
        self.is_reported = self.awaits_report = self._has_been_reported = True

    def begin(self, now: float, *, after_pause: bool) -> None:
        """Take note that speech begins, maybe once more in the same turn."""
        if after_pause and not self.goes_on:
            self.pauses.append(now - self.silent_since)
        self.goes_on = self._since_final = True
        self._began_at = now
        if not self.awaits_report:  # words stand for it
            self.changed_at = now
        self.noise.speech_began(now)

    def stop(self, silent_since: float) -> None:
        """Take note that speech has stopped."""
        self.goes_on = self.awaits_report = False
        self.silent_since = silent_since
        self.noise.speech_stopped()

    def told(self) -> None:
        """Take note that words of it are told."""
        self._since_final = True

    def settled(self, now: float, *, ended: bool) -> None:
        """Take note of a final, and whether the recogniser has found the end of speech by that."""
        self._since_final = self.goes_on and not ended
        self._final_at = now
        if ended:
            self.is_reported = False  # should speech go on after all, its words will say so
            if self.goes_on:
                self.goes_on = False
                self.silent_since = now

    def is_silent_since_final(self, *, tells_partials: bool) -> bool:
        """Return whether there was no speech since the last final, as far as anybody would have told."""
        return self._would_be_told(tells_partials) and not self._since_final

    def can_have_said(self, now: float, seconds: float, *, tells_partials: bool) -> bool:
        """Return whether the user can have said since the last final what takes so many seconds."""
        if not self._would_be_told(tells_partials):
            return now - self._final_at >= _UNTOLD
        since = max(self._began_at, self._final_at)
        return self._since_final and not (self.detects and now - since < seconds)

    def _would_be_told(self, tells_partials: bool) -> bool:
        return self.detects or self._has_been_reported or tells_partials
