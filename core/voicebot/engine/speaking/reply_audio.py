"""The sound of one reply: what of it is played, and what was heard."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from voicebot.engine.failures import Failure
from voicebot.engine.speaking.playback.playback import PlaybackFailed
from voicebot.engine.speaking.reply_context import ReplyContext
from voicebot.engine.speaking.unit_playback import UnitPlayback
from voicebot.engine.speaking.units.reply_unit import Heard, SpokenUnit
from voicebot.engine.timeline import Timeline
from voicebot.events import UnitSpoken

_SLACK = 0.2
"""Seconds of a reply that a device may not have counted although it has played them."""


class ReplyAudio:
    """Plays the units of a reply, and knows by what the device has played how much of them was heard.

    Args:
        audible: called once, when the reply becomes audible.
    """

    def __init__(self, means: ReplyContext, timeline: Timeline, audible: Callable[[], None]) -> None:
        self._means = means
        self._timeline = timeline
        self._audible = audible
        self._heard = Heard()
        self._playing: UnitPlayback | None = None
        self._began = 0.0
        """Second, as the device counts what it plays, at which this reply begins to sound."""

    @property
    def has_begun(self) -> bool:
        """Whether any of it was written to the speaker."""
        return self._heard.latest is not None

    @property
    def is_withdrawn(self) -> bool:
        """Whether a content filter took back what is, or was, on its way to the user."""
        return self._heard.withdrawn_from is not None

    def start(self) -> UnitPlayback:
        """Return what plays the next units, without a seam between them."""
        self._playing = UnitPlayback(self._means, self._heard, self.begin)
        return self._playing

    def begin(self, unit: SpokenUnit) -> None:
        """Take note that a unit becomes audible."""
        now = self._means.clock.now()
        if self._timeline.first_sound is None:
            self.mark_first_byte()
            self._timeline.first_sound = now
            self._began = self._means.speaker.end
            self._audible()
        queued = self._heard.seconds - self._played
        self._heard.begin(unit)
        self._means.publish(UnitSpoken(now + max(0.0, queued), unit.written))

    def mark_first_byte(self) -> None:
        """Take note that the voice has begun to give sound, if it had not."""
        if self._timeline.first_byte is None:
            self._timeline.first_byte = self._means.clock.now()

    async def play(self, text: str, sounds: Iterable[bytes]) -> None:
        """Play a line whose sound is there already."""
        unit = SpokenUnit(text, text)
        playing = self.start()
        play = playing.player(unit)
        for audio in sounds:
            await play(audio)
        await playing.flush()
        unit.complete = True

    async def drain(self) -> Failure | None:
        """Wait until all is played; return what stopped it."""
        try:
            await (self._playing or self._means.speaker).playback.drain()
        except PlaybackFailed as error:
            return self.failure(error)
        return None

    def failure(self, error: Exception) -> Failure:
        """Return whose failure it is that broke off the sound."""
        if not isinstance(error, PlaybackFailed):
            return Failure("synthesizer", error)
        self._playing = None
        self._heard.cut(self._means.speaker.end - self._began)  # the device has not taken the rest
        return Failure("device", error)

    def silence_what_was_withdrawn(self) -> None:
        """Let the queued sound that stands be played, and throw away the rest."""
        if (start := self._heard.withdrawn_from) is not None:
            self._means.speaker.cut(self._began + start)
            self._heard.cut(max(start, self._played))

    def heard(self, *, finished: bool) -> str:
        """Return what the user has heard so far.

        Args:
            finished: all that was written has been played, unless the device was lost.
        """
        speaker = self._means.speaker
        is_played = not speaker.counts or self._played >= self._heard.seconds - _SLACK
        if self._means.stream.speaker is None or (finished and is_played):
            return self._heard.everything()
        return self._heard.text(self._played)

    @property
    def _played(self) -> float:
        """Seconds of this reply that have been played."""
        return max(0.0, self._means.speaker.played - self._began) if self.has_begun else 0.0
