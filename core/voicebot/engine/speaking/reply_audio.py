"""The audio of one reply: it is played unit by unit, and how much of it was heard is known at any time."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from voicebot.engine.failures import Failure
from voicebot.engine.latch import Latch
from voicebot.engine.speaking.playback.early_exit import EarlyExit
from voicebot.engine.speaking.playback.playback import PlaybackFailed
from voicebot.engine.speaking.reply_context import ReplyContext
from voicebot.engine.speaking.synthesis.synthesis import Synthesis
from voicebot.engine.speaking.synthesis.utterance import NoAudio
from voicebot.engine.speaking.unit_playback import UnitPlayback
from voicebot.engine.speaking.units.heard_text import HeardText
from voicebot.engine.speaking.units.reply_unit import ReplyUnit
from voicebot.engine.timeline import ReplyTimestamps
from voicebot.events import UnitSpoken

_UNCOUNTED = 0.2
"""Seconds at the end of a reply that a device may have played without counting them."""


class ReplyAudio:
    """Plays units once the reply is released, and knows by what the device has played how much was heard.

    Args:
        timestamps: when the reply reached which stage.
        audible: called once, when the reply becomes audible.
    """

    def __init__(
        self, context: ReplyContext, timestamps: ReplyTimestamps, audible: Callable[[], None]
    ) -> None:
        self._synthesizer = context.synthesizer
        self._speaker = context.speaker
        self._events = context.events
        self._timestamps = timestamps
        self._audible = audible
        self.released = Latch()
        """Set when the reply may be heard."""
        self._heard = HeardText()
        self._playback: UnitPlayback | None = None
        self._playing: ReplyUnit | None = None
        """The unit whose audio is being written to the speaker."""
        self._early_exit = EarlyExit()
        self._line_written: Latch | None = None
        """Set when a line that was synthesized in advance has been written to the speaker."""
        self._start = 0.0
        """Second, on the device's count of what it has played, at which this reply begins."""
        self._stopped_at: float | None = None
        """Second of the reply at which it was stopped, if it was."""

    @property
    def is_released(self) -> bool:
        """Whether the reply may be heard."""
        return self.released.is_set()

    def release(self) -> None:
        """Let the reply be heard."""
        self.released.set()

    async def wait_until_released(self) -> None:
        """Wait until the reply may be heard."""
        await self.released.wait()

    @property
    def has_begun(self) -> bool:
        """Whether any of the reply was written to the speaker."""
        return self._heard.has_begun

    @property
    def is_playing(self) -> bool:
        """Whether any of the reply can be heard, or is about to be; without a count, whether it has begun."""
        if not self._speaker.reports_played:
            return self.has_begun
        return self._playing is not None or self._speaker.end > self._speaker.played + _UNCOUNTED

    def show(self, unit: ReplyUnit) -> None:
        """Count a unit as heard: there is no speaker, and it is read."""
        self._begin(unit)

    async def play_units(self, synthesis: Synthesis) -> Failure | None:
        """Play units in order, until one was retracted; return what stopped the audio."""
        try:
            with self._early_exit:
                return await self._play_units(synthesis)
        except PlaybackFailed as error:
            return self._failure(error)
        return None

    async def _play_units(self, synthesis: Synthesis) -> Failure | None:
        playback: UnitPlayback | None = None
        no_audio: NoAudio | None = None
        while (audio := await synthesis.next()) is not None and audio.unit.retracted_from is None:
            await self.released.wait()
            if self._line_written is not None:
                await self._line_written.wait()
            self._playing = audio.unit
            playback = playback or self._start_playback()
            error = await audio.play(playback.sink(audio.unit))
            if isinstance(error, NoAudio):
                no_audio = error
                message = f"there is no sound for {audio.unit.spoken!r}; it is skipped"
                self._events.notice("synthesizer", message)
            elif error is not None:
                return self._failure(error)
            audio.unit.complete = True
            self._playing = None
        if playback is not None:
            await playback.flush()
        if no_audio is not None and not self.has_begun:
            return Failure("synthesizer", no_audio)
        return None

    async def play(self, text: str, chunks: Iterable[bytes], *, step: int = 0, is_part: bool = True) -> None:
        """Play a line that was synthesized in advance; units that come meanwhile are played after it.

        Args:
            step: how often the chat model has called tools before.
            is_part: whether it belongs to the reply, so that it counts as heard.
        """
        unit = ReplyUnit(text, text, step=step, is_part=is_part)
        playback = self._start_playback()
        write = playback.sink(unit)
        self._line_written = Latch()
        try:
            for audio in chunks:
                await write(audio)
            await playback.flush()
        finally:
            self._line_written.set()
        unit.complete = True

    async def drain(self) -> Failure | None:
        """Wait until all was played; return what stopped it."""
        try:
            if self._playback is not None:
                await self._playback.drain()
            else:
                await self._speaker.drain(self._speaker.playback)
        except PlaybackFailed as error:
            return self._failure(error)
        return None

    def mark_first_byte(self) -> None:
        """Record when the synthesizer gave its first audio, the first time."""
        if self._timestamps.first_byte is None:
            self._timestamps.first_byte = self._events.now()

    @property
    def is_retracted(self) -> bool:
        """Whether a content filter has retracted some of what was written to the speaker."""
        return self._heard.retracted_from is not None

    def stop_retracted(self) -> None:
        """End `play_units` if the unit that is being played was retracted, or an earlier one."""
        if self.is_retracted or (self._playing is not None and self._playing.retracted_from is not None):
            self._early_exit.interrupt()

    def drop_retracted(self) -> None:
        """Take back from the speaker what was retracted, and leave it what was written before."""
        if (start := self._heard.retracted_from) is not None:
            self._speaker.cut(self._start + start)
            self._heard.truncate(max(start, self._played))

    def stop(self) -> None:
        """Record that no more of it will be played."""
        self._stopped_at = self._played

    def correct(self, seconds: float) -> None:
        """Record that so many more seconds had been played when it was stopped, or fewer if negative."""
        if self._stopped_at is not None:
            self._stopped_at = max(0.0, self._stopped_at + seconds)

    def heard(self, step: int | None = None, *, finished: bool) -> str:
        """Return what the user has heard so far.

        Args:
            step: of which step of the chat model; None for the whole reply.
            finished: whether all that was written has been played, unless the device was lost.
        """
        is_played = not self._speaker.reports_played or self._played >= self._heard.seconds - _UNCOUNTED
        if self._speaker.format is None or (finished and is_played):
            return self._heard.at_end(step)
        return self._heard.after(self._played, step)

    def _start_playback(self) -> UnitPlayback:
        self._playback = UnitPlayback(self._speaker, self._synthesizer.format, self._heard, self._begin)
        return self._playback

    def _begin(self, unit: ReplyUnit) -> None:
        """Record that a unit becomes audible, as soon as what was written before it has been played."""
        now = self._events.now()
        if unit.is_part:
            self.mark_first_byte()
        if self._timestamps.first_sound is None:
            self._timestamps.first_sound = now
            self._start = self._speaker.end
            self._audible()
        queued = self._heard.seconds - self._played
        self._heard.begin(unit)
        self._events.publish(UnitSpoken(now + max(0.0, queued), unit.written))

    def _failure(self, error: Exception) -> Failure:
        """Return which provider has broken off the audio."""
        if not isinstance(error, PlaybackFailed):
            return Failure("synthesizer", error)
        self._playback = None
        self._heard.truncate(self._speaker.end - self._start)  # the device has not taken the rest
        return Failure("device", error)

    @property
    def _played(self) -> float:
        """Seconds of this reply that have been played."""
        if self._stopped_at is not None or self._heard.current is None:
            return self._stopped_at or 0.0
        return max(0.0, self._speaker.played + self._speaker.correction - self._start)
