"""Cutting a reply into units while it is being written, and handing them to the synthesizer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from voicebot.engine.latch import Latch
from voicebot.engine.speaking.reply_audio import ReplyAudio
from voicebot.engine.speaking.reply_context import ReplyContext
from voicebot.engine.speaking.synthesis.synthesis import Synthesis
from voicebot.engine.speaking.units.reply_text import ReplyText
from voicebot.engine.speaking.units.reply_unit import ReplyUnit
from voicebot.engine.text.sentences.cutter import SentenceCutter
from voicebot.engine.text.speakable.speakable import Speakable
from voicebot.engine.timeline import ReplyTimestamps

_PAUSE = 1.0
"""Seconds without text after which a sentence is spoken even if its end is not certain."""


class UnitDelivery:
    """Cuts text into units and delivers them in order: to the synthesizer, or as read if there is no speaker.

    Args:
        timestamps: when the reply reached which stage.
        text: the reply so far, in which each unit finds its place.
    """

    def __init__(
        self,
        context: ReplyContext,
        timestamps: ReplyTimestamps,
        text: ReplyText,
        audio: ReplyAudio,
        synthesis: Synthesis,
    ) -> None:
        self._time = asyncio.get_running_loop().time
        self._now = context.events.now
        self._has_speaker = context.speaker.format is not None
        self._timestamps = timestamps
        self._text = text
        self._audio = audio
        self._synthesis = synthesis
        self._short_first = context.settings.reply.first_unit == "short"
        self._sentences = SentenceCutter(short_first=self._short_first)
        self._speakable = Speakable()
        self._cut_rest: Callable[[], list[str]] = self._sentences.take_finished
        self._units: list[str] = []
        """What has been cut and not been delivered."""
        self._delivery = asyncio.Lock()
        self._progress = Latch()
        self._written_at = 0.0

    def cut(self, text: str) -> bool:
        """Take the next piece of text; return whether there are units to deliver."""
        self._units += self._sentences.push(text)
        self._note_progress()
        return bool(self._units)

    def complete(self) -> None:
        """Mark the text as complete: the rest of it is a unit, wherever it ends."""
        self._cut_rest = self._sentences.flush

    async def end_step(self) -> None:
        """Deliver all that was written: the chat model calls tools, and will write more."""
        self._units += self._sentences.flush()
        await self._deliver_units()
        self._text.end_step()
        self._sentences = SentenceCutter(short_first=self._short_first)  # there may be a gap before it
        self._cut_rest = self._sentences.take_finished

    def retract(self) -> None:
        """Drop the rest of the text: it was retracted."""
        self._cut_rest = list

    async def deliver(self) -> None:
        """Deliver the units that have been cut; wait while many have no audio yet."""
        await self._deliver_units()
        self._note_progress()

    async def deliver_line(self, line: str) -> None:
        """Deliver a whole line as one unit."""
        self._units.append(line)
        await self._deliver_units()

    async def deliver_rest(self) -> None:
        """Deliver the rest of a complete text, or a sentence of an incomplete one that seems to be over."""
        self._units += self._cut_rest()
        await self._deliver_units()

    async def deliver_rest_in_pauses(self) -> None:
        """Deliver a sentence that seems to be over whenever no text has come for a while; never return."""
        while True:
            await self._progress.wait()
            self._progress.clear()
            while (wait := self._written_at + _PAUSE - self._time()) > 0:  # noqa: ASYNC110 - time is waited for
                await asyncio.sleep(wait)
            if not self._delivery.locked():  # it is not the model that is slow
                await self.deliver_rest()

    def _note_progress(self) -> None:
        self._written_at = self._time()
        self._progress.set()

    async def _deliver_units(self) -> None:
        async with self._delivery:
            while self._units:
                await self._deliver_unit(self._units.pop(0))

    async def _deliver_unit(self, written: str) -> None:
        if self._timestamps.first_unit is None:
            self._timestamps.first_unit = self._now()
        if not self._has_speaker:
            await self._audio.wait_until_released()
            self._text.place(unit := ReplyUnit(written, written, complete=True))
            self._audio.show(unit)
        elif spoken := self._speakable.convert(written):
            self._text.place(unit := ReplyUnit(written, spoken))
            await self._synthesis.put(unit)
        else:
            self._text.skip(written)
