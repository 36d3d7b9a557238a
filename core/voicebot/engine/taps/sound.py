"""The sound of both sides, and what is typed, published as it passes."""

from __future__ import annotations

from collections.abc import AsyncIterator

from voicebot.audio import AudioFormat
from voicebot.engine.speaking.playback.monitor import PlaybackMonitor
from voicebot.engine.taps.tap import Tap
from voicebot.events.details import InputReceived, SoundCleared, SoundHeard, SoundWritten
from voicebot.interfaces import AudioStream
from voicebot.messages import DeviceEvent, DeviceLost, DeviceReopened, PlaybackCorrected


def tapped_sound(
    stream: AudioStream, monitor: PlaybackMonitor | None, tap: Tap | None
) -> tuple[AudioStream, PlaybackMonitor | None]:
    """Return what to read a stream's input from, and what follows its output; as they are without a tap."""
    if tap is None:
        return stream, monitor
    heard = _TappedInput(stream, tap)
    return heard, monitor if stream.speaker is None else _PlaybackTap(stream, stream.speaker, tap, monitor)


class _TappedInput(AudioStream):
    """The input of another stream."""

    def __init__(self, stream: AudioStream, tap: Tap) -> None:
        self.microphone, self.live = stream.microphone, stream.live
        self._stream, self._tap = stream, tap

    async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        tap = self._tap
        async for event in self._stream:
            if isinstance(event, bytes):
                tap.publish(SoundHeard(tap.now(), event))
            elif not isinstance(event, DeviceLost | DeviceReopened | PlaybackCorrected):  # not the user's
                tap.publish(InputReceived(tap.now(), event))
            yield event


class _PlaybackTap:
    """Follows what is written to the speaker.

    Args:
        stream: counts what it has played.
        speaker: the format of what is written.
        monitor: another that follows it.
    """

    def __init__(
        self, stream: AudioStream, speaker: AudioFormat, tap: Tap, monitor: PlaybackMonitor | None
    ) -> None:
        self._stream, self._format, self._tap, self._monitor = stream, speaker, tap, monitor
        self._end = 0.0
        """Second, as the device counts what it has played, at which all that was written ends."""

    def written(self, audio: bytes) -> None:
        """Publish sound that is written to the device, at its final volume."""
        if self._monitor is not None:
            self._monitor.written(audio)
        now, played = self._tap.now(), self._stream.played
        self._end = max(self._end, played)
        self._tap.publish(SoundWritten(now, now + self._end - played, audio))
        self._end += self._format.seconds_in(len(audio))

    def cleared(self) -> None:
        """Publish that the rest will not be played."""
        if self._monitor is not None:
            self._monitor.cleared()
        self._end = self._stream.played
        self._tap.publish(SoundCleared(self._tap.now()))
