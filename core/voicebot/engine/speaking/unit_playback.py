"""Playing the audio of consecutive units, without a seam between them."""

from __future__ import annotations

from collections.abc import Callable

from voicebot.audio import AudioFormat, Resampler
from voicebot.engine.speaking.playback.speaker import Speaker
from voicebot.engine.speaking.synthesis.unit_audio import AudioSink
from voicebot.engine.speaking.units.heard_text import HeardText
from voicebot.engine.speaking.units.reply_unit import ReplyUnit


class UnitPlayback:
    """Resamples audio for the speaker, and records how much of it was written.

    Args:
        format: the synthesizer's.
        heard: where the audio of each unit is recorded.
        begin: called when the first audio of a unit is there.
    """

    def __init__(
        self, speaker: Speaker, format: AudioFormat, heard: HeardText, begin: Callable[[ReplyUnit], None]
    ) -> None:
        self._speaker = speaker
        self._playback = speaker.playback
        self._format = speaker.format or format
        self._resampler = Resampler(format, self._format) if format != self._format else None
        self._heard = heard
        self._begin = begin

    def sink(self, unit: ReplyUnit) -> AudioSink:
        """Return what plays the audio of a unit."""
        heard, resampler, write = self._heard, self._resampler, self._speaker.write
        playback, bytes_per_second = self._playback, self._format.bytes_per_second

        async def play(audio: bytes) -> None:  # runs for every chunk: attributes are looked up beforehand
            if heard.current is not unit:
                if self._speaker.playback is not playback:  # it was cleared: this unit will not be heard
                    return
                self._begin(unit)
            if resampler is not None:
                audio = resampler.write(audio)
            if audio:
                heard.add(len(audio) / bytes_per_second)
                await write(audio, playback)

        return play

    async def flush(self) -> None:
        """Play what the resampler still holds."""
        if self._resampler is not None and (rest := self._resampler.flush()):
            self._heard.add(self._format.seconds_in(len(rest)))
            await self._speaker.write(rest, self._playback)

    async def drain(self) -> None:
        """Wait until all was played; raise `PlaybackFailed` if the device broke."""
        await self._speaker.drain(self._playback)
