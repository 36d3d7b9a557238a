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
        self._resampler = Resampler(format, self._format)
        self._heard = heard
        self._begin = begin

    def sink(self, unit: ReplyUnit) -> AudioSink:
        """Return what plays the audio of a unit."""
        heard, convert, write = self._heard, self._resampler.write, self._speaker.write
        playback, bytes_per_second = self._playback, self._format.bytes_per_second

        async def play(audio: bytes) -> None:  # runs for every chunk: attributes are looked up beforehand
            if heard.current is not unit:
                if self._speaker.playback is not playback:  # it was cleared: this unit will not be heard
                    return
                self._begin(unit)
            if audio := convert(audio):
                heard.add(len(audio) / bytes_per_second)
                await write(audio, playback)

        return play

    async def flush(self) -> None:
        """Play what the resampler still holds."""
        if rest := self._resampler.flush():
            self._heard.add(self._format.seconds_in(len(rest)))
            await self._speaker.write(rest, self._playback)

    async def drain(self) -> None:
        """Wait until all was played; raise `PlaybackFailed` if the device broke."""
        await self._speaker.drain(self._playback)
