"""Playing a stretch of a reply: its units' sound, resampled for the speaker, and taken note of."""

from __future__ import annotations

from collections.abc import Callable

from voicebot.audio import Resampler
from voicebot.engine.speaking.reply_context import ReplyContext
from voicebot.engine.speaking.synthesis.unit_audio import Play
from voicebot.engine.speaking.units.reply_unit import Heard, SpokenUnit


class UnitPlayback:
    """Writes sound in the synthesizer's format to the speaker, without a seam between units.

    Args:
        heard: takes note of what was written.
        begin: called when a unit's first sound is there.
    """

    def __init__(self, means: ReplyContext, heard: Heard, begin: Callable[[SpokenUnit], None]) -> None:
        spoken = means.synthesizer.output_format
        self._sound = means.stream.speaker or spoken
        self._resampler = Resampler(spoken, self._sound)
        self._speaker = means.speaker
        self.playback = means.speaker.playback
        self._heard = heard
        self._begin = begin

    def player(self, unit: SpokenUnit) -> Play:
        """Return what plays the sound of a unit."""
        heard, convert, write = self._heard, self._resampler.write, self.playback.write
        per_second = self._sound.bytes_per_second

        async def play(audio: bytes) -> None:  # every chunk comes through here: nothing is looked up twice
            if heard.latest is not unit:
                if self._speaker.playback is not self.playback:  # it was cleared: nobody will hear this unit
                    return
                self._begin(unit)
            if audio := convert(audio):
                heard.wrote(len(audio) / per_second)
                await write(audio)

        return play

    async def flush(self) -> None:
        """Play what the resampler still holds."""
        if rest := self._resampler.flush():
            self._heard.wrote(self._sound.seconds_in(len(rest)))
            await self.playback.write(rest)
