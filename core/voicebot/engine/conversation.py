"""One conversation: it tells the turns what happens, and does what they say."""

from __future__ import annotations

import asyncio

from voicebot.engine.bot import Bot
from voicebot.engine.clock import Clock
from voicebot.engine.failures import as_provider_error
from voicebot.engine.floor import Floor
from voicebot.engine.hearing import Hearing
from voicebot.engine.history import History
from voicebot.engine.reply import Means, Reply
from voicebot.engine.stream import EventStream, Subscription
from voicebot.engine.tone import listening_tone
from voicebot.engine.turns import Interrupt, Turns
from voicebot.errors import ProviderError
from voicebot.events import (
    BotTurnEnded,
    ConversationEnded,
    ListeningStarted,
    ProviderFailed,
    UserTurnEnded,
)
from voicebot.interfaces import AudioStream
from voicebot.messages import ChatRequest


class Conversation:
    """One dialogue over one stream of sound; run it once.

    Args:
        bot: entered already.
        stream: what the bot's device opened.
    """

    def __init__(self, bot: Bot, stream: AudioStream) -> None:
        self.history = History(bot.settings.system, bot.settings.history.budget)
        self.publish = (events := EventStream()).publish
        self._events = events
        self._bot = bot
        self._stream = stream
        self._turn = 0
        self._reply: Reply | None = None
        self._reply_task: asyncio.Task[None] | None = None

    def events(self) -> Subscription:
        """Return the events from now on; ask before `run` to see them all."""
        return self._events.subscribe()

    async def run(self) -> None:
        """Talk until the device has nothing more to say and the last reply is over.

        Raises:
            ProviderError: the conversation cannot go on; what was said is in `history`.
        """
        options = self._bot.settings.turns
        turns = Turns(options.patience, options.final_timeout, interruptible=options.interruptible)
        self.clock = Clock(live=self._stream.live)
        self._floor = Floor(turns, self.clock, answer=self._answer, interrupt=self._interrupt)
        self._means = self._gather_means()
        failure: ProviderError | None = None
        try:
            async with asyncio.TaskGroup() as self._tasks:
                await self._talk()
        except* Exception as errors:
            failure = as_provider_error("the conversation broke", errors)
        finally:
            self._fall_silent()
            self.publish(ConversationEnded(self.clock.now(), str(failure) if failure else None))
        if failure is not None:
            raise failure

    async def _talk(self) -> None:
        hearing = Hearing(self._floor, self._bot, self._stream, self.publish)
        try:
            listening = self._tasks.create_task(self._listen(hearing), name="listen")
            if self._bot.settings.greeting:
                self._floor.turns.bot_begins()
                self._begin_reply(self._bot.settings.greeting)
            await hearing.ready.wait()
            self.publish(ListeningStarted(self.clock.now()))
            if not self._bot.settings.greeting:
                await self._play_tone()
            await hearing.hear()
            await self._floor.rest()
            if self._floor.closed:
                await listening  # it says why the conversation cannot go on
            listening.cancel()
        finally:
            self._floor.close()

    async def _listen(self, hearing: Hearing) -> None:
        try:
            await hearing.listen()
        except ProviderError as error:  # for good: nothing more can be understood
            self.publish(ProviderFailed(self.clock.now(), "recognizer", str(error)))
            self._floor.close()
            self._fall_silent()
            if line := self._bot.settings.on_error:
                await self._begin_reply(line)
            raise

    def _answer(self, text: str) -> None:
        self._turn += 1
        self._floor.timeline.decided = now = self.clock.now()
        self.publish(UserTurnEnded(now, text))
        self.history.user_said(text)
        self._begin_reply(ChatRequest(self.history.request()))

    def _begin_reply(self, source: ChatRequest | str) -> asyncio.Task[None]:
        timeline = self._floor.take_timeline()
        self._reply = Reply(self._means, source, timeline, self._floor.turns.reply_heard)
        self._reply_task = self._tasks.create_task(self._run_reply(self._reply), name="reply")
        return self._reply_task

    async def _run_reply(self, reply: Reply) -> None:
        await reply.run()
        self._end_reply(reply)
        self._floor.do(self._floor.turns.reply_ended(self.clock.now()))
        if self._floor.turns.idle and not self._floor.closed:
            await self._play_tone()

    def _end_reply(self, reply: Reply, *, interrupted: bool = False) -> None:
        now = self.clock.now()
        heard = reply.heard()
        if reply.question_refused:  # with it in the history, every later question would be refused too
            self.history.withdraw_question()
        else:
            self.history.bot_was_heard(heard)
        self.publish(BotTurnEnded(now, heard, interrupted))
        if reply.answers:
            self.publish(reply.timeline.report(now, self._turn))
        self._reply = self._reply_task = None

    def _interrupt(self, interrupt: Interrupt) -> None:
        refused = self._reply is not None and self._reply.question_refused
        self._fall_silent()
        if interrupt.unheard and not refused:
            self.history.withdraw_question()

    def _fall_silent(self) -> None:
        """Stop the reply, if there is one, and keep what was heard of it."""
        reply, task = self._reply, self._reply_task
        if reply is not None and task is not None:
            task.cancel()
            self._end_reply(reply, interrupted=True)
            self._stream.clear()

    async def _play_tone(self) -> None:
        if self._bot.settings.listening_tone and self._stream.speaker is not None:
            await self._stream.write(listening_tone(self._stream.speaker))

    def _gather_means(self) -> Means:
        settings = self._bot.settings
        return Means(
            chat=self._bot.chat,
            synthesizer=self._bot.synthesizer,
            stream=self._stream,
            clock=self.clock,
            publish=self.publish,
            safe_line=self._bot.safe_line,
            language=settings.language,
            short_first=settings.reply.first_unit == "short",
            chat_timeout=settings.reply.chat_timeout,
            speech_timeout=settings.reply.speech_timeout,
        )
