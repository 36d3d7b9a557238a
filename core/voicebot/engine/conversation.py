"""One conversation: runs the parts of the engine, and changes them between turns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from voicebot.config.schema import Settings
from voicebot.engine.bot import Bot
from voicebot.engine.cancellation import own_cancellation
from voicebot.engine.changing.assembly import Assembly
from voicebot.engine.changing.changeover import Changeover
from voicebot.engine.clock import Clock
from voicebot.engine.conversation_parts import ConversationParts
from voicebot.engine.counting import Meter
from voicebot.engine.event_stream import EventStream, Subscription
from voicebot.engine.failures import as_provider_error
from voicebot.engine.hearing.echo.transcript_filter import EchoTranscriptFilter
from voicebot.engine.history.history import History
from voicebot.engine.latch import Latch
from voicebot.engine.observers import ObserverControl, ObserverGroup
from voicebot.engine.redaction import Redaction
from voicebot.engine.rules_from_settings import goodbye
from voicebot.engine.taps import Tap
from voicebot.engine.turns.scheduler import LONGEST_WAIT
from voicebot.errors import ProviderError
from voicebot.events import ConversationEnded, ConversationEvent, ListeningStarted, ProviderFailed
from voicebot.events.usage import ProviderUsed
from voicebot.interfaces import AudioStream, Toolset
from voicebot.messages import Message

if TYPE_CHECKING:
    from voicebot.engine.tools.runner import ToolRunner


class Conversation:
    """One dialogue over one stream of sound; run it once.

    Args:
        bot: a bot that has been entered.
        stream: a stream that the bot's device has opened, or any other.
        settings: instead of the bot's; lines that a bot prepares, such as `on_error`, stay its own.
        toolsets: beside the bot's, and started already.
        id: opaque and unique; by default, a new one.
        history: what user and assistant said before, if this continues another conversation.
        used: what that one has used.
    """

    def __init__(
        self,
        bot: Bot,
        stream: AudioStream,
        *,
        settings: Settings | None = None,
        toolsets: Sequence[Toolset[Any]] = (),
        id: str | None = None,
        history: Sequence[Message] = (),
        used: Sequence[ProviderUsed] = (),
    ) -> None:
        self.id = id or uuid4().hex
        self._settings, self._own_toolsets = settings or bot.settings, tuple(toolsets)
        self.history = History(self._settings.system, self._settings.history.budget)
        self.history.restore(history)
        self._echo_transcripts, self._events = EchoTranscriptFilter(), EventStream(self._observe)
        self.publish, self._meter = self._events.publish, Meter(self._events.publish, used)
        self._first_bot, self._stream, self._was_run, self._is_talking = bot, stream, False, False
        self._goodbye = goodbye(self._settings)
        self._assembly: Assembly
        self._changeover: Changeover | None = None
        self.begun = Latch()  # set when it can be changed, or has ended
        self._hearing_task: asyncio.Task[None] | None = None

    @property
    def bot(self) -> Bot:
        """The bot as it is now."""
        return self._changeover.bot if self._changeover is not None else self._first_bot

    def events(self) -> Subscription:
        """Return the events from now on; subscribe before `run` to see them all.

        Raises:
            RuntimeError: the conversation has ended.
        """
        return self._events.subscribe()

    @property
    def used(self) -> tuple[ProviderUsed, ...]:
        """What each provider was used for so far, added up."""
        return self._meter.totals

    def end(self, line: str = "", *, at_once: bool = True) -> None:
        """End the conversation, whatever the user says; `run` returns soon.

        Args:
            line: what the bot says last; if empty, it finishes what it is saying.
            at_once: whether the line breaks off what is being said, or comes when nobody speaks.
        """
        self._goodbye.ended_by_program("" if at_once else line)
        if self._is_talking and line and at_once:
            self._assembly.scheduler.stop_bot()
            self._assembly.responder.say(line)
        elif self._is_talking:
            self._assembly.scheduler.carry_out([])

    def stop(self) -> None:
        """Stop what the bot is saying, or about to say; history keeps what was heard of it."""
        if self._is_talking:
            self._assembly.scheduler.stop_bot()

    async def apply(
        self, bot: Bot, *, settings: Settings | None = None, reroute: Callable[[], None] | None = None
    ) -> tuple[str, ...]:
        """Go on with another bot between two turns, or before the bot answers; history stays.

        A reply that was prepared is discarded. Tools that the other bot does not allow are not called from
        now on. All sound of the user is heard, by the one recogniser or the other.

        Args:
            bot: one that has been entered, such as `Bot.changed` makes; the stream stays.
            settings: instead of the bot's.
            reroute: called at that moment, to move the stream to another device; nothing is played then.

        Returns:
            what is different, as in `ConfigChanged`; nothing if the conversation ended before.

        Raises:
            ProviderError: the recogniser opens no session; nothing has changed.
            RuntimeError: the conversation is not running.
            ValueError: one of the bots is made for sound, and the other for text.
        """
        if not self._was_run:
            raise RuntimeError("only a conversation that is running can go on with another bot")
        if not self._is_talking or self._changeover is None:
            return ()
        return await self._changeover.apply(bot, settings or bot.settings, reroute)

    async def left(self, bot: Bot) -> None:
        """Wait until the conversation has left a bot, and nothing, such as a tool, uses it any more."""
        if self._changeover is not None:
            await self._changeover.left(bot)

    def limit_tools(self, bot: Bot | None) -> None:
        """Let only those tools be called that another bot allows too; None lifts that."""
        if self._is_talking and self._changeover is not None:
            self._changeover.limit_tools(bot)

    async def run(self) -> None:
        """Talk until the device has no more input or goodbye was said, and the last reply is over.

        Raises:
            ProviderError: the conversation cannot go on; what was said is in `history`.
            RuntimeError: it has already been run.
        """
        if self._was_run:
            raise RuntimeError("a conversation can be run only once; create another for the next dialogue")
        self._was_run = True
        self.clock = clock = Clock(live=self._stream.live or self._stream.microphone is None)
        bot, settings, own = self._first_bot, self._settings, self._own_toolsets
        tap = Tap(self._events.publish_detail, clock.now)
        parts = ConversationParts(bot, settings, (*bot.toolsets, *own), self.id, self.publish, clock, tap)
        bot.added_observers.renew()
        about = bot.about(self.id, self._stream if parts.tap is not None else None)
        redaction = Redaction(bot.redactors, settings, bot.secrets)
        control = ObserverControl(self, self._meter)
        async with ObserverGroup(bot.observers, about, self._events, redaction, control) as observers:
            with self._meter.open(self.id, clock.now):
                failure = await self._run(parts, observers)
        if failure is not None:
            raise failure

    async def _run(self, parts: ConversationParts, observers: ObserverGroup) -> ProviderError | None:
        """Run to the end; return the error if the conversation could not go on."""
        failure: ProviderError | None = None
        try:
            with own_cancellation("the conversation broke"):
                async with AsyncExitStack() as at_end:

                    def new_runner() -> ToolRunner:
                        runner = parts.tool_runner()
                        at_end.push_async_exit(runner)
                        return runner

                    async with asyncio.TaskGroup() as tasks:
                        own = (self.history, self._goodbye, self._echo_transcripts)
                        self._assembly = Assembly(parts, self._stream, *own, new_runner, tasks, self._hang_up)
                        self._changeover = Changeover(parts, self._assembly, observers, self._own_toolsets)
                        at_end.callback(self._changeover.close)
                        at_end.callback(self._assembly.responder.close)
                        await self._talk(tasks)
        except* Exception as errors:
            failure = as_provider_error("the conversation broke", errors)
        finally:
            self.begun.set()
            reason = "failure" if failure else self._goodbye.reason or "input"
            self.publish(ConversationEnded(self.clock.now(), str(failure) if failure else None, reason))
        return failure

    async def _talk(self, tasks: asyncio.TaskGroup) -> None:
        self._is_talking = True
        self.begun.set()
        assembly, scheduler, greeting = self._assembly, self._assembly.scheduler, self._settings.greeting
        try:
            recognition = tasks.create_task(self._recognize(), name="recognition")
            if greeting:
                assembly.responder.say(greeting)
            await assembly.hearing.ready.wait()
            self.publish(ListeningStarted(self.clock.now()))
            if not greeting:
                await assembly.responder.play_listening_tone()
            if await self._hear(tasks):
                await scheduler.wait_while_busy()
                timeout = self._settings.recognizer_timeout if self._stream.live else LONGEST_WAIT
                await asyncio.wait([recognition], timeout=timeout)  # for words that are no longer awaited
            await scheduler.wait_while_busy()
            if scheduler.closed:
                await recognition  # it says why the conversation cannot go on
            recognition.cancel()
        finally:
            self._is_talking = False
            assembly.stop()

    async def _hear(self, tasks: asyncio.TaskGroup) -> bool:
        """Receive input until it ends or the bot hangs up; return whether it has ended."""
        self._hearing_task = task = tasks.create_task(self._assembly.hearing.receive(), name="hearing")
        self._assembly.scheduler.begin()  # hangs up if goodbye has been said already
        await asyncio.wait([task])
        self._assembly.speaker.device_reopened()  # a lost device will not come back
        return not task.cancelled()

    async def _recognize(self) -> None:
        try:
            await self._assembly.hearing.recognize()
        except ProviderError as error:  # nothing more can be recognised
            self.publish(ProviderFailed(self.clock.now(), "recognizer", str(error)))
            self._assembly.scheduler.close()
            await self._assembly.responder.give_up()
            raise

    def _observe(self, event: ConversationEvent) -> None:
        """See an event before observers do."""
        self._echo_transcripts.observe(event)
        if self._is_talking:
            self._assembly.observe(event)

    def _hang_up(self) -> None:
        if self._hearing_task is not None:  # otherwise, it is decided again when hearing begins
            self._hearing_task.cancel()
