"""The sound of both sides, and what is typed, published as it passes."""

from __future__ import annotations

from voicebot.engine.speaking.playback.monitor import PlaybackMonitor
from voicebot.engine.taps.tap import Tap
from voicebot.events.details import InputReceived, SoundCleared, SoundCorrected, SoundHeard, SoundWritten
from voicebot.interfaces import AudioStream
from voicebot.messages import DeviceEvent, DeviceLost, DeviceReopened, PlaybackCorrected


class SoundTap:
    """Follows the input of a stream, and what is written to its speaker.

    Args:
        stream: counts what it has played.
        monitor: another that follows what is written.
        tap: where to publish; None to publish nothing.
    """

    def __init__(self, stream: AudioStream, monitor: PlaybackMonitor | None, tap: Tap | None) -> None:
        self.tap = tap
        self._stream, self._monitor = stream, monitor
        self._end = 0.0
        """Second, as the device counts what it has played, at which all that was written ends."""

    def received(self, event: DeviceEvent) -> None:
        """Publish what the stream returned."""
        if (tap := self.tap) is None:
            return
        if isinstance(event, bytes):
            tap.publish(SoundHeard(tap.now(), event))
        elif isinstance(event, PlaybackCorrected):
            tap.publish(SoundCorrected(tap.now(), event.seconds))
        elif not isinstance(event, DeviceLost | DeviceReopened):  # not the user's
            tap.publish(InputReceived(tap.now(), event))

    def written(self, audio: bytes) -> None:
        """Publish sound that is written to the device, at its final volume."""
        if self._monitor is not None:
            self._monitor.written(audio)
        if self.tap is None or self._stream.speaker is None:
            return
        now, played = self.tap.now(), self._stream.played
        self._end = max(self._end, played)
        self.tap.publish(SoundWritten(now, now + self._end - played, audio))
        self._end += self._stream.speaker.seconds_in(len(audio))

    def cleared(self) -> None:
        """Publish that the rest will not be played."""
        if self._monitor is not None:
            self._monitor.cleared()
        if self.tap is not None:
            self._end = self._stream.played
            self.tap.publish(SoundCleared(self.tap.now()))
