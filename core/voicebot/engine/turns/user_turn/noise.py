"""Speech without new words: more words may follow, or it is noise that must not delay the answer."""

from __future__ import annotations


class Noise:
    """Wordless sound since the user's last word; times are seconds on the conversation's clock."""

    def __init__(self) -> None:
        self.since: float | None = None
        """When it began; None if there was none."""
        self.is_committed = False
        """Whether the recogniser was asked for its final transcript."""
        self._began_separately = False

    def speech_started(self, now: float) -> None:
        """Record a sound that may become words."""
        if self.since is None:
            self.since, self._began_separately = now, True

    def words_came(self, now: float, *, is_speaking: bool) -> None:
        """Record new words; if the user still seems to speak, noise is what comes from now on."""
        self.since = now if is_speaking else None
        self.is_committed = self._began_separately = False

    def committed(self) -> None:
        """Record that the recogniser was asked for its final transcript."""
        self.is_committed = True

    def speech_stopped(self) -> None:
        """Record silence: sound that merely went on after the last word was the end of that word."""
        if not self._began_separately:
            self.since = None
