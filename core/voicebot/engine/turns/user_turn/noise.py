"""Speech without words after words: the user may go on, or it is a noise that must not hold the answer."""

from __future__ import annotations


class Noise:
    """Wordless sound since the user's last word; times are seconds on the turns' clock."""

    def __init__(self) -> None:
        self.since: float | None = None
        """When it began; None if there was none."""
        self.asked = False
        """Whether the recogniser was asked what it is."""
        self._came_apart = False

    def speech_began(self, now: float) -> None:
        """Take note of a sound that may become words."""
        if self.since is None:
            self.since, self._came_apart = now, True

    def words_came(self, now: float, *, speaking: bool) -> None:
        """Take note that it had words; if the user still seems to speak, noise is what comes from now on."""
        self.since = now if speaking else None
        self.asked = self._came_apart = False

    def speech_stopped(self) -> None:
        """Take note of silence: sound that went on after the last word was the end of that word."""
        if not self._came_apart:
            self.since = None
