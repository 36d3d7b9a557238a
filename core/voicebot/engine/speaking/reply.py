"""One reply of the bot, from the request to silence: written, cut into units, synthesized and played.

It is one task: to interrupt a reply is to cancel that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from textwrap import shorten
from typing import TYPE_CHECKING

from voicebot.engine.cancellation import own_cancellation
from voicebot.engine.failures import Failure
from voicebot.engine.speaking.reply_audio import ReplyAudio
from voicebot.engine.speaking.reply_context import ReplyContext
from voicebot.engine.speaking.retraction import held_back
from voicebot.engine.speaking.synthesis.synthesis import Synthesis, open_synthesis
from voicebot.engine.speaking.unit_delivery import UnitDelivery
from voicebot.engine.speaking.units.reply_text import ReplyText
from voicebot.engine.speaking.writing.reply_writer import ReplyWriter
from voicebot.engine.timeline import ReplyTimestamps
from voicebot.engine.turns.rules import PatienceBounds
from voicebot.events import ReplyStarted
from voicebot.messages import ChatRequest

if TYPE_CHECKING:
    from voicebot.engine.tools.confirmation import OpenQuestion
    from voicebot.engine.tools.reply_tools import ReplyTools

_LONGEST_EXCERPT = 200
"""Characters shown of a reply that cannot be spoken."""


class Reply:
    """An answer by the chat model, or a line of the bot's own.

    Args:
        source: the request for the chat model, or the line.
        language: BCP 47 tag of the language in which it is spoken.
        audible: called once, when the reply becomes audible.
        held: whether it is silent until `release`.
        confirmed: the call that the user has just agreed to, if any.
        may_call: whether the chat model may call tools.
        unfinished: called if the chat model says that the user has not finished.
    """

    def __init__(
        self,
        context: ReplyContext,
        source: ChatRequest | str,
        language: str,
        audible: Callable[[], None],
        *,
        held: bool = False,
        confirmed: OpenQuestion | None = None,
        may_call: bool = True,
        unfinished: Callable[[], None] | None = None,
    ) -> None:
        self.source = source
        self.timestamps = ReplyTimestamps(began=context.events.now())
        """When the reply reached which stage."""
        self.unspoken = ""
        """The whole reply, if none of it can be spoken."""
        self._language = language
        self._context = context
        self._events = context.events
        self._text = ReplyText()
        self._audio = ReplyAudio(context, self.timestamps, audible)
        if not held:
            self._audio.release()
        self.tools: ReplyTools | None = None
        """The calls of the chat model; None if there are no tools, or it is not asked."""
        if context.tools is not None and self.is_answer:
            from voicebot.engine.tools.reply_tools import ReplyTools

            released = self._audio.released
            self.tools = ReplyTools(context.tools, language, released, confirmed, may_call=may_call)
        self._writer = ReplyWriter(context, self.timestamps, self._text, self._audio, self.tools, unfinished)
        self._syntheses: list[Synthesis] = []
        self._is_finished = False

    @property
    def synthesized_characters(self) -> int:
        """How many characters of it the synthesizer has been given."""
        return sum(synthesis.given for synthesis in self._syntheses)

    @property
    def is_answer(self) -> bool:
        """Whether the chat model writes it."""
        return isinstance(self.source, ChatRequest)

    @property
    def has_failed(self) -> bool:
        """Whether the chat model has failed, so that it should be asked again."""
        return self._writer.failure is not None or self.is_question_refused

    @property
    def is_question_refused(self) -> bool:
        """Whether the content filter blocked the whole answer: it would refuse the question again."""
        return self._writer.is_question_refused

    @property
    def has_acted(self) -> bool:
        """Whether a call has begun that changes something."""
        return self.tools is not None and self.tools.calls.has_acted

    def withhold_calls(self) -> None:
        """Leave only that tools were called, since the content filter refuses more."""
        for step in self.tools.steps if self.tools is not None else ():
            for record in step.records:
                record.withhold()

    @property
    def patience(self) -> PatienceBounds | None:
        """The patience that the chat model asked for in the user's next turn, if any."""
        return self._writer.patience

    @property
    def written(self) -> str:
        """What the chat model has written so far, as the filters of plugins have changed it."""
        return self._text.written

    @property
    def written_last(self) -> str:
        """What was written after the last calls, likewise changed; for a line of the bot's own, that line."""
        return self._text.written_last if self.is_answer else str(self.source)

    def release(self) -> None:
        """Release a reply that was held."""
        self._audio.release()
        if self.timestamps.first_token is not None:
            self._events.publish(ReplyStarted(self._events.now()))

    async def run(self) -> None:
        """Speak to the end; if a provider fails, speak what there is, and then the safe line.

        Raises:
            ProviderError: the device cannot play, so that the rest would not be heard; it may be in groups.
        """
        failure = await self._say(self.source, self._language) or self._writer.failure
        await self._audio.wait_until_released()
        self._audio.drop_retracted()
        failure = failure or await self._handle_unspeakable() or await self._audio.drain()
        if failure is not None:
            await self._handle_failure(failure)
        self._is_finished = True

    def stop(self) -> None:
        """Record that no more of it will be played."""
        self._audio.stop()

    def correct(self, seconds: float) -> None:
        """Record that so many more seconds had been played when it was stopped, or fewer if negative."""
        self._audio.correct(seconds)

    def heard(self, step: int | None = None) -> str:
        """Return what the user has heard so far.

        Args:
            step: only what the chat model wrote after it had called tools that often; None for all.
        """
        return self._audio.heard(step, finished=self._is_finished)

    async def _say_line(self, line: str) -> Failure | None:
        """Say a line of the bot's own, which is in its language, instead of the reply."""
        return await self._say(line, self._context.synthesizer.language)

    async def _say(self, source: ChatRequest | str, language: str) -> Failure | None:
        """Synthesize and play a reply or a line; return what stopped its audio."""
        context = self._context
        async with asyncio.TaskGroup() as tasks:
            try:
                with own_cancellation("the synthesizer broke"):
                    synthesis = open_synthesis(
                        context.synthesizer, language, tasks, self._audio.mark_first_byte
                    )
            except Exception as error:  # a third-party synthesizer may raise anything
                return Failure("synthesizer", error)
            self._syntheses.append(synthesis)
            units = UnitDelivery(context, self.timestamps, self._text, self._audio, synthesis)
            working = [tasks.create_task(self._write(source, units, synthesis), name="reply: text")]
            if isinstance(source, ChatRequest):
                pauses = units.deliver_rest_in_pauses()
                working.append(tasks.create_task(pauses, name="reply: pauses of the chat model"))
                if self.tools is not None and context.wait_lines is not None:
                    from voicebot.engine.speaking.wait_line import WaitLine

                    waiting = WaitLine(context, context.wait_lines, self.tools, self._audio).say_when_due()
                    working.append(tasks.create_task(waiting, name="reply: wait line"))
            try:
                return await self._audio.play_units(synthesis)
            finally:  # finished, failed or cancelled: what is still in progress would not be heard
                for task in working:
                    task.cancel()
                synthesis.cancel()

    async def _write(self, source: ChatRequest | str, units: UnitDelivery, synthesis: Synthesis) -> None:
        if isinstance(source, str):
            await units.deliver_line(source)
        else:
            await self._writer.write(source, units)
        synthesis.finish()

    async def _handle_unspeakable(self) -> Failure | None:
        """If nothing of an answer can be spoken, say the line for that, or publish the answer."""
        text = self._text.written.strip()
        if not (self.is_answer and text) or self._audio.has_begun:
            return None
        if self._writer.is_filtered:
            return held_back()
        line = self._context.settings.on_unspeakable
        failure = await self._say_line(line) if line else None
        if failure is None and not self._audio.has_begun:
            self.unspoken = text
            self._events.notice("chat", f"the reply contains nothing that can be spoken: {_excerpt(text)}")
        return failure

    async def _handle_failure(self, failure: Failure) -> None:
        """Publish a failure, and say the safe line."""
        self._events.failure(failure)
        is_text_kept = failure.kind == "synthesizer" and not self._writer.is_filtered
        if is_text_kept and (unspoken := self._text.unspoken()):
            self._events.notice("synthesizer", f"it did not say: {_excerpt(unspoken)}")
        if (another := await self._say_safe_line()) is not None:
            self._events.failure(another)
        if (another := await self._audio.drain()) is not None:
            raise another.error

    async def _say_safe_line(self) -> Failure | None:
        line = self._context.safe_line
        if not line.audio:
            return await self._say_line(line.text) if line.text else None
        await self._audio.play(line.text, line.audio, step=self._text.step)
        return None


def _excerpt(text: str) -> str:
    return shorten(text, _LONGEST_EXCERPT, placeholder=" …")
