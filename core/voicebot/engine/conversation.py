"""One conversation: it tells the turns what happens, and does what they say."""

from __future__ import annotations

import asyncio
from typing import assert_never

from voicebot.engine.bot import Bot
from voicebot.engine.clock import Clock
from voicebot.engine.hearing import Hearing
from voicebot.engine.history import History
from voicebot.engine.reply import Means, Reply
from voicebot.engine.stream import EventStream, Subscription
from voicebot.engine.timeline import Timeline
from voicebot.engine.tone import listening_tone
from voicebot.engine.turns import Action, Answer, Commit, Interrupt, Turns
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

_RECORDINGS_FINAL_TIMEOUT = 60.0


class Conversation:
    """One dialogue over one stream of sound; run it once.

    Args:
        bot: entered already.
        stream: what the bot's device opened.
    """

    def __init__(self, bot: Bot, stream: AudioStream) -> None:
        settings = bot.settings
        final_timeout = settings.turns.final_timeout
        if not stream.live:  # a recording waits for its words, so half of them serve nobody sooner
            final_timeout = max(final_timeout, _RECORDINGS_FINAL_TIMEOUT)
        self.history = History(settings.system, settings.history.budget)
        self.turns = Turns(
            settings.turns.patience,
            final_timeout,
            interruptible=settings.turns.interruptible,
        )
        self.timeline = Timeline()
        self.publish = (events := EventStream()).publish
        self._events = events
        self._bot = bot
        self._stream = stream
        self._turn = 0
        self._reply: Reply | None = None
        self._reply_task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._settled = asyncio.Event()

    def events(self) -> Subscription:
        """Return the events from now on; ask before `run` to see them all."""
        return self._events.subscribe()

    async def run(self) -> None:
        """Talk until the device has nothing more to say and the last reply is over.

        Raises:
            ProviderError: the conversation cannot go on; what was said is in `history`.
        """
        self.clock = Clock(live=self._stream.live)
        self._means = self._gather_means()
        failure: ProviderError | None = None
        try:
            async with asyncio.TaskGroup() as self._tasks:
                await self._talk()
        except* ProviderError as errors:
            failure = _first(errors)
        finally:
            self._fall_silent()
            self.publish(ConversationEnded(self.clock.now(), str(failure) if failure else None))
        if failure is not None:
            raise failure

    async def _talk(self) -> None:
        hearing = Hearing(self, self._bot, self._stream)
        listening = self._tasks.create_task(self._listen(hearing), name="listen")
        if self._bot.settings.greeting:
            self.turns.bot_begins()
            self._begin_reply(self._bot.settings.greeting)
        await hearing.ready.wait()
        self.publish(ListeningStarted(self.clock.now()))
        if not self._bot.settings.greeting:
            await self._play_tone()
        await hearing.hear()
        while not self.turns.idle:
            await self.settled()
        listening.cancel()

    async def _listen(self, hearing: Hearing) -> None:
        try:
            await hearing.listen()
        except ProviderError as error:
            self.publish(ProviderFailed(self.clock.now(), "recognizer", str(error)))
            self._fall_silent()
            await Reply(self._means, self._bot.settings.on_error, Timeline(), lambda: None).run()
            raise

    def do(self, actions: list[Action]) -> bool:
        """Do what the turns decided; return whether the recogniser is to be asked for its final."""
        commit = False
        for action in actions:
            match action:
                case Commit():
                    commit = True
                case Answer(text):
                    self._answer(text)
                case Interrupt():
                    self._interrupt(action)
                case _:
                    assert_never(action)
        self.set_timer()
        if not self.turns.busy:
            self._settled.set()
        return commit

    def set_timer(self) -> None:
        """Wake up when the turns want to look at the time again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.turns.deadline is not None and self.clock.runs:
            wait = max(0.0, self.turns.deadline - self.clock.now())
            self._timer = asyncio.get_running_loop().call_later(wait, self._tick, self.turns.deadline)

    async def settled(self) -> None:
        """Wait until the bot is not at work; the time of a recording stands still for it."""
        self.clock.hold()
        self.set_timer()
        self._settled.clear()
        if self.turns.busy or self.turns.deadline is not None:
            await self._settled.wait()
        self.clock.release()

    def _tick(self, deadline: float) -> None:
        # a timer may fire a rounding error early; the deadline has come all the same
        self.do(self.turns.tick(max(deadline, self.clock.now())))

    def _answer(self, text: str) -> None:
        self._turn += 1
        self.timeline.decided = now = self.clock.now()
        self.publish(UserTurnEnded(now, text))
        self.history.user_said(text)
        self._begin_reply(ChatRequest(self.history.request()))

    def _begin_reply(self, source: ChatRequest | str) -> None:
        timeline, self.timeline = self.timeline, Timeline()
        self._reply = Reply(self._means, source, timeline, self.turns.reply_heard)
        self._reply_task = self._tasks.create_task(self._run_reply(self._reply), name="reply")

    async def _run_reply(self, reply: Reply) -> None:
        await reply.run()
        self._end_reply(reply)
        self.do(self.turns.reply_ended(self.clock.now()))
        if self.turns.idle:
            await self._play_tone()

    def _end_reply(self, reply: Reply, *, interrupted: bool = False) -> None:
        now = self.clock.now()
        heard = reply.heard()
        self.history.bot_was_heard(heard)
        self.publish(BotTurnEnded(now, heard, interrupted))
        if reply.answers:
            self.publish(reply.timeline.report(now, self._turn))
        self._reply = self._reply_task = None

    def _interrupt(self, interrupt: Interrupt) -> None:
        answered = self._reply is not None and self._reply.answers
        self._fall_silent()
        if interrupt.unheard and answered:
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


def _first(errors: BaseExceptionGroup[ProviderError]) -> ProviderError:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, ProviderError)
    return error
