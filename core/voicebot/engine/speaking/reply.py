"""One reply: chat model, units, voice and speaker in a line, stopped by cancelling its one task."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from textwrap import shorten
from typing import assert_never

from voicebot.encodable import EncodablePieces
from voicebot.engine.cancellation import cancellation_check, own_cancellation
from voicebot.engine.failures import Failure, as_provider_error
from voicebot.engine.speaking.heard import SpokenUnit
from voicebot.engine.speaking.playback.interruption import Interruption
from voicebot.engine.speaking.playback.playback import PlaybackFailed
from voicebot.engine.speaking.playback.unit_playback import UnitPlayback
from voicebot.engine.speaking.reply_audio import ReplyAudio
from voicebot.engine.speaking.reply_context import ReplyContext, Synthesis
from voicebot.engine.speaking.reply_text import FilterFailed, ReplyText
from voicebot.engine.speaking.retraction import WrittenReply
from voicebot.engine.speaking.synthesis.synthesis_queue import NoSound
from voicebot.engine.text.sentences.cutter import SentenceCutter
from voicebot.engine.text.speakable.speakable import Speakable
from voicebot.engine.time_limit import TimeLimit, TooLate
from voicebot.engine.timeline import Timeline
from voicebot.engine.turn_rules import wanted_patience
from voicebot.engine.turns.actions import Patience
from voicebot.errors import ProviderError
from voicebot.events import ProviderFailed, ReplyStarted
from voicebot.messages import ChatEvent, ChatRequest, Notice, ReplyEnded, TextDelta

logger = logging.getLogger(__name__)
_SHOWN = 200
"""Characters of a reply that cannot be spoken which observers are told."""
_VALUE_SHOWN = 60
"""Characters of a foreign value that are shown."""
_PAUSE = 1.0
"""Seconds without text after which a sentence is spoken whose end only the next word would make certain."""


class Reply:
    """One turn of the bot, from request to silence.

    Args:
        source: the request for the chat model, or a line that the bot says unasked.
        audible: called once, when the reply becomes audible.
        held: whether it is made in silence until `release`.
    """

    def __init__(
        self,
        means: ReplyContext,
        source: ChatRequest | str,
        audible: Callable[[], None],
        *,
        held: bool = False,
    ) -> None:
        self._means = means
        self.source = source
        self.timeline = Timeline(began=means.clock.now())
        self._sound = ReplyAudio(means, self.timeline, audible)
        self._released = asyncio.Event()
        if not held:
            self._released.set()
        self._text = ReplyText(means.filters)
        self._written = WrittenReply()
        self._on_air: SpokenUnit | None = None
        self._speaking = Interruption()
        self._chat_failure: Failure | None = None
        self._is_written = False
        """Whether the chat model has said that its reply is complete."""
        self._filtered = False
        self._taken_back = 0
        """Characters at the end of the text that the content filter took back."""
        self._finished = False
        self._speakable = Speakable()
        self._cutter = SentenceCutter(short_first=means.short_first)
        self._cutting = asyncio.Lock()
        self._more_written = asyncio.Event()
        self._written_at = 0.0
        self.patience: Patience | None = None
        """How patient the chat model wants to be with the user's next turn, if it has a view on that."""
        self.question_refused = False
        """Whether the content filter left no word of an answer: the same question would fare no better."""
        self.unspoken = ""
        """The whole reply, where none of it can be said aloud."""

    @property
    def answers(self) -> bool:
        """Whether this is the answer to a turn of the user, not a line of the bot's own."""
        return isinstance(self.source, ChatRequest)

    @property
    def failing(self) -> bool:
        """Whether the chat model has failed already, so that it had better be asked again."""
        return self._chat_failure is not None or self.question_refused

    @property
    def written(self) -> str:
        """What the chat model has written so far, as filters let it pass."""
        return self._written.text

    def release(self) -> None:
        """Let what was made in silence be heard."""
        self._released.set()
        if self.timeline.first_token is not None:
            self._means.publish(ReplyStarted(self._means.clock.now()))

    async def run(self) -> None:
        """Speak to the end; where a provider fails, what was ready is spoken and the safe line follows.

        Raises:
            ProviderError: the device cannot play, so that nobody would hear the rest; maybe in groups.
        """
        failure = await self._line(self.source)
        await self._released.wait()
        self._sound.silence_what_was_withdrawn()
        failure = failure or await self._say_nothing() or await self._sound.drain()
        if failure is not None:
            self._report(failure)
            if failure.kind == "synthesizer" and not self._filtered:
                self._show_what_is_unsaid()
            if (failure := await self._say_safe_line()) is not None:
                self._report(failure)
            if (failure := await self._sound.drain()) is not None:
                raise failure.error
        self._finished = True

    def heard(self) -> str:
        """Return what the user has heard so far."""
        return self._sound.heard(finished=self._finished)

    async def _line(self, source: ChatRequest | str) -> Failure | None:
        """Say one thing; return what stopped it."""
        means = self._means
        self._more_written.clear()
        async with asyncio.TaskGroup() as tasks:
            try:
                with own_cancellation("the synthesizer broke"):
                    voice = means.voice(tasks, self._sound.mark_first_byte)
            except Exception as error:  # a stranger's synthesizer may raise anything
                return Failure("synthesizer", error)
            writing = tasks.create_task(self._write(source, voice), name="reply: chat")
            pausing = tasks.create_task(
                self._speak_before_pauses(voice), name="reply: pauses of the chat model"
            )
            failure: Failure | None = None
            try:
                with self._speaking:
                    failure = await self._speak(voice)
            except PlaybackFailed as error:
                failure = self._sound.failure(error)
            finally:  # done, broken or cancelled: whatever is still at work, nobody will hear it
                writing.cancel()
                pausing.cancel()
                voice.stop()
        return failure or self._chat_failure

    async def _write(self, source: ChatRequest | str, voice: Synthesis) -> None:
        if isinstance(source, str):
            await self._hand_on(source, voice)
        else:
            try:
                with own_cancellation("the chat model broke"):
                    await self._think(source, voice)
            except TooLate:
                if self._text.filtering or not self._is_written:
                    self._chat_failure = self._lateness()
            except FilterFailed as error:
                self._chat_failure = Failure("filter", error)
            except Exception as error:  # a stranger's chat model may raise anything
                self._chat_failure = Failure("chat", error)
            await self._settle(voice)
        voice.end()

    async def _think(self, request: ChatRequest, voice: Synthesis) -> None:
        """Read the model's reply and hand it on in units."""
        means, now = self._means, asyncio.get_running_loop().time
        async with (
            TimeLimit(means.chat_timeout) as limit,
            aclosing(means.chat.reply(request)) as events,
            self._text.passed_on(self._deltas(events, limit)) as texts,
        ):
            async for text in texts:
                if self._filtered:
                    break
                self._written.add(text)
                limit.suspend()  # the voice may be the slow one
                try:
                    async with self._cutting:
                        for unit in self._cutter.push(text):
                            await self._hand_on(unit, voice)
                finally:  # closing has its limit too
                    limit.renew()
                self._written_at = now()
                self._more_written.set()
        if self.timeline.first_token is None and not self._filtered:
            raise ProviderError("the chat model replied with nothing")

    async def _speak_before_pauses(self, voice: Synthesis) -> None:
        """Hand on a sentence that seems over when the chat model writes nothing for a while."""
        loop = asyncio.get_running_loop()
        while True:
            await self._more_written.wait()
            self._more_written.clear()
            while (wait := self._written_at + _PAUSE - loop.time()) > 0:  # noqa: ASYNC110 - time is waited for
                await asyncio.sleep(wait)
            await self._settle(voice)

    async def _settle(self, voice: Synthesis) -> None:
        """Hand on the rest of a complete reply, of another as far as it seems to be whole sentences."""
        async with self._cutting:
            if self._is_written and not self._filtered:
                units = self._cutter.flush()
            else:
                units = self._cutter.take_finished() if not self._taken_back else []
            for unit in units:
                await self._hand_on(unit, voice)

    async def _deltas(
        self, events: AsyncGenerator[ChatEvent, None], limit: TimeLimit
    ) -> AsyncGenerator[str, None]:
        """Give the model's text as it comes, and take note of all else."""
        pieces = EncodablePieces()
        try:
            with own_cancellation("the chat model broke"):
                check = cancellation_check()
                async for event in events:
                    check()
                    match event:
                        case TextDelta():
                            if text := pieces.feed(event.text):
                                limit.renew()
                                self._mark_token(text)
                                yield text
                        case ReplyEnded():
                            limit.renew()
                            self._note_end(event)
                        case Notice(message):  # the model has not written anything by that
                            self._means.noticed("chat", message)
                        case _:
                            assert_never(event)
        except Exception as error:  # a stranger's chat model may raise anything
            if not self._is_written:
                raise
            logger.info("the chat model broke when its reply was complete", exc_info=error)
        if text := pieces.finish():
            yield text

    def _lateness(self) -> Failure:
        """Return who was waited for too long."""
        seconds = f"{self._means.chat_timeout:g} s"
        if self._text.filtering:
            return Failure(
                "filter",
                ProviderError(f"the reply filters gave nothing for {seconds} (`reply.chat_timeout`)"),
            )
        late = (
            f"the chat model wrote nothing for {seconds}; raise `reply.chat_timeout` if it thinks for longer"
        )
        return Failure("chat", ProviderError(late))

    def _mark_token(self, text: str) -> None:
        self.timeline.last_token = now = self._means.clock.now()
        if self.timeline.first_token is None and text.strip():
            self.timeline.first_token = now
            if self._released.is_set():
                self._means.publish(ReplyStarted(now))

    def _note_end(self, event: ReplyEnded) -> None:
        self.timeline.usage = event.usage
        self._is_written = event.reason == "filtered" or self.timeline.first_token is not None
        if event.patience is not None:
            self.patience = wanted_patience(event.patience)
            if self.patience is None:
                shown = repr(event.patience)[:_VALUE_SHOWN]
                self._means.noticed_once(
                    "chat", f"the chat model wants a patience that is not known: {shown}"
                )
        if event.reason == "filtered":
            self._filtered = True
            self._taken_back = self._text.taken_back(event.withdrawn)
            self._take_back(self._taken_back)

    def _take_back(self, characters: int) -> None:
        """Stop what the chat model's content filter took back: nothing more of it will be heard."""
        stands = self._written.withdraw(characters)
        audible = self._sound.is_withdrawn
        self.question_refused = self.timeline.first_token is None
        if audible or not stands:
            what = "took part of the reply back" if audible else "held the reply back"
            error = ProviderError(f"the chat model's content filter {what}; ask in other words")
            self._chat_failure = Failure("chat", error)
        if audible or (self._on_air is not None and self._on_air.stands is not None):
            self._speaking.interrupt()

    async def _say_nothing(self) -> Failure | None:
        """Say the line for a reply that nobody can say aloud, or only show it."""
        text = self._written.text.strip()
        if not (self.answers and text) or self._sound.has_begun:
            return None
        if self._filtered:
            error = ProviderError("the chat model's content filter held the reply back; ask in other words")
            return Failure("chat", error)
        failure = await self._line(line) if (line := self._means.unspeakable_line) else None
        if failure is None and not self._sound.has_begun:
            self.unspoken = text
            shown = shorten(text, _SHOWN, placeholder=" …")
            self._means.noticed("chat", f"the reply has nothing that can be said aloud: {shown}")
        return failure

    def _show_what_is_unsaid(self) -> None:
        """Let what the broken synthesizer has not said be read at least."""
        if unsaid := self._written.unsaid():
            shown = shorten(unsaid, _SHOWN, placeholder=" …")
            self._means.noticed("synthesizer", f"it has not said: {shown}")

    async def _hand_on(self, written: str, voice: Synthesis) -> None:
        means = self._means
        if self.timeline.first_unit is None:
            self.timeline.first_unit = means.clock.now()
        if means.stream.speaker is None:  # there is nothing to hear, so all of it is read
            await self._released.wait()
            self._written.place(unit := SpokenUnit(written, written, complete=True))
            self._sound.begin(unit)
        elif spoken := self._speakable.convert(written):
            self._written.place(unit := SpokenUnit(written, spoken))
            await voice.say(unit)
        else:
            self._written.skip(written)

    async def _speak(self, voice: Synthesis) -> Failure | None:
        """Play the units in order; return what stopped it."""
        means = self._means
        playing: UnitPlayback | None = None
        silence: NoSound | None = None
        while (in_voice := await voice.next()) is not None and in_voice.unit.stands is None:
            await self._released.wait()
            self._on_air = in_voice.unit
            playing = playing or self._sound.start()
            error = await in_voice.on_air(playing.player(in_voice.unit))
            if isinstance(error, NoSound):
                silence = error
                means.noticed(
                    "synthesizer", f"there is no sound for {in_voice.unit.spoken!r}: it is left out"
                )
            elif error is not None:
                return self._sound.failure(error)
            in_voice.unit.complete = True
            self._on_air = None
        if playing is not None:
            await playing.flush()
        if silence is not None and not self._sound.has_begun:
            return Failure("synthesizer", silence)
        return None

    async def _say_safe_line(self) -> Failure | None:
        safe_line = self._means.safe_line
        self._chat_failure = None
        if not safe_line.audio:
            return await self._line(safe_line.text) if safe_line.text else None
        await self._sound.play(safe_line.text, safe_line.audio)
        return None

    def _report(self, failure: Failure) -> None:
        error = as_provider_error("it broke", failure.error)
        self._means.publish(ProviderFailed(self._means.clock.now(), failure.kind, str(error)))
