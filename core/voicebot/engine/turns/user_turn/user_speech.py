"""Whether the user is speaking, by reports of speech or, failing these, by the words that come."""

from __future__ import annotations

from collections import deque

from voicebot.engine.turns.user_turn.noise import Noise

_MOST_PAUSES = 50
_REPETITION = 2.0
"""Seconds after a final in which the same words count as the same speech, if nothing reports speech."""


class UserSpeech:
    """The user's speech and pauses; times are seconds on the conversation's clock.

    Args:
        has_detector: whether a voice activity detector reports speech, so that words never come without a
            report.
    """

    def __init__(self, *, has_detector: bool) -> None:
        self.is_active = False
        self.silent_since = 0.0
        """When it stopped last."""
        self.pausing_since: float | None = None
        """When a silence began that is too short to say whether speech has stopped; None if there is none."""
        self.words_changed_at = 0.0
        self.pauses: deque[float] = deque(maxlen=_MOST_PAUSES)
        """Seconds of the pauses after which the user went on, the latest last."""
        self.noise = Noise()
        self.has_detector = has_detector
        self.is_reported = False
        """Whether starts of speech are reported, so that words are not taken for one."""
        self.awaits_stop = False
        """Whether the end of this speech will be reported."""
        self._has_been_reported = False
        self._since_final = False
        self._started_at = self._final_at = float("-inf")

    @property
    def is_silent(self) -> bool:
        """Whether the user is silent, though perhaps too briefly to have stopped speaking."""
        return not self.is_active or self.pausing_since is not None

    def start_reported(self) -> None:
        """Record that the start of this speech was reported."""
        self.is_reported = self.awaits_stop = self._has_been_reported = True

    def start(self, now: float, *, after_pause: bool) -> None:
        """Start speech, perhaps once more in the same turn."""
        if after_pause and not self.is_active:
            self.pauses.append(now - self.silent_since)
        self.is_active = self._since_final = True
        self.pausing_since = None
        self._started_at = now
        if not self.awaits_stop:  # words show that it started
            self.words_changed_at = now
        self.noise.speech_started(now)

    def detector_changed(self, *, has_detector: bool) -> None:
        """Record that something else reports speech from now on, or nothing does."""
        self.has_detector = has_detector
        self.is_reported = self.awaits_stop = self._has_been_reported = False

    def pause(self, silent_since: float) -> None:
        """Record a silence that is too short to say whether speech has stopped."""
        if self.is_active:
            self.pausing_since = silent_since

    def resume(self) -> None:
        """Record that speech goes on after such a silence."""
        self.pausing_since = None

    def stop(self, silent_since: float) -> None:
        """Stop speech."""
        self.is_active = self.awaits_stop = False
        self.pausing_since = None
        self.silent_since = silent_since
        self.noise.speech_stopped()

    def words_changed(self, now: float) -> None:
        """Record new words of a partial transcript."""
        self.words_changed_at = now

    def reset_noise(self) -> None:
        """Forget sound without words."""
        self.noise = Noise()

    def partial_came(self) -> None:
        """Record a partial transcript."""
        self._since_final = True

    def final_came(self, now: float, *, ends_speech: bool) -> None:
        """Record a final transcript, with which the recogniser may have found the end of speech."""
        self._since_final = self.is_active and not ends_speech
        self._final_at = now
        if ends_speech:
            self.is_reported = False  # if speech goes on after all, its words will show it
            if self.is_active:
                self.is_active = False
                self.silent_since = now

    def is_silent_since_final(self, *, has_partials: bool) -> bool:
        """Return whether there was no speech since the last final, if speech would have been noticed."""
        return self._would_be_known(has_partials) and not self._since_final

    def can_have_said(self, now: float, seconds: float, *, has_partials: bool) -> bool:
        """Return whether the user can have spoken for `seconds` since the last final."""
        if not self._would_be_known(has_partials):
            return now - self._final_at >= _REPETITION
        since = max(self._started_at, self._final_at)
        return self._since_final and not (self.has_detector and now - since < seconds)

    def _would_be_known(self, has_partials: bool) -> bool:
        return self.has_detector or self._has_been_reported or has_partials
