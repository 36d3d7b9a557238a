"""One conversation: assembles the parts of the engine, and runs them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

from voicebot.config.schema import Settings
from voicebot.engine.bot import Bot
from voicebot.engine.cancellation import own_cancellation
from voicebot.engine.clock import Clock
from voicebot.engine.compaction.compaction import Compaction
from voicebot.engine.conversation_parts import ConversationParts
from voicebot.engine.event_stream import EventStream, Subscription
from voicebot.engine.failures import as_provider_error
from voicebot.engine.hearing.echo.guard import EchoGuard
from voicebot.engine.hearing.echo.transcript_filter import EchoTranscriptFilter
from voicebot.engine.hearing.events import HearingEvents
from voicebot.engine.hearing.hearing import Hearing
from voicebot.engine.history.history import History
from voicebot.engine.observers import ObserverGroup
from voicebot.engine.redaction import Redaction
from voicebot.engine.responder import Responder
from voicebot.engine.rules_from_settings import goodbye, idle_rules, turn_rules
from voicebot.engine.speaking.playback.speaker import Speaker
from voicebot.engine.taps import Tap, tapped, tapped_sound
from voicebot.engine.turns.actions import Action, Answer, AskTurnDetector, Commit, HangUp
from voicebot.engine.turns.idle import IdleTimer
from voicebot.engine.turns.scheduler import LONGEST_WAIT, TurnScheduler
from voicebot.engine.turns.turn_detection import TurnDetection
from voicebot.engine.turns.turn_taking import TurnTaking
from voicebot.engine.turns.user_input import UserInput
from voicebot.errors import ProviderError
from voicebot.events import ConversationEnded, ConversationEvent, ListeningStarted, ProviderFailed
from voicebot.interfaces import AudioStream, Toolset
from voicebot.messages import Message


class Conversation:
    """One dialogue over one stream of sound; run it once.

    Args:
        bot: a bot that has been entered.
        stream: a stream that the bot's device has opened, or any other.
        settings: instead of the bot's; lines that a bot prepares, such as `on_error`, stay its own.
        toolsets: beside the bot's, and started already.
        id: opaque and unique; by default, a new one.
        history: what user and assistant said before, if this continues another conversation.
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
    ) -> None:
        self.id = id or uuid4().hex
        """Opaque and unique."""
        self._settings = settings or bot.settings
        self._toolsets = (*bot.toolsets, *toolsets)
        self.history = History(self._settings.system, self._settings.history.budget)
        self.history.restore(history)
        self._echo_transcripts = EchoTranscriptFilter()
        self._events = EventStream(self._observe)
        self.publish = self._events.publish
        self._bot, self._stream, self._was_run = bot, stream, False
        self._goodbye = goodbye(self._settings)
        self._is_talking = False
        self._hearing_task: asyncio.Task[None] | None = None
        self._compaction: Compaction | None = None
        self._tap: Tap | None = None

    def events(self) -> Subscription:
        """Return the events from now on; subscribe before `run` to see them all.

        Raises:
            RuntimeError: the conversation has ended.
        """
        return self._events.subscribe()

    def end(self, line: str = "") -> None:
        """End the conversation, whatever the user says; `run` returns soon.

        Args:
            line: what the bot says at once and last; if empty, it finishes what it is saying.
        """
        self._goodbye.ended_by_program()
        if not self._is_talking:
            return
        if line:
            self._scheduler.stop_bot()
            self._responder.say(line)
        else:
            self._scheduler.carry_out([])

    def stop(self) -> None:
        """Stop what the bot is saying, or about to say; history keeps what was heard of it."""
        if self._is_talking:
            self._scheduler.stop_bot()

    async def run(self) -> None:
        """Talk until the device has no more input or goodbye was said, and the last reply is over.

        Raises:
            ProviderError: the conversation cannot go on; what was said is in `history`.
            RuntimeError: it has already been run.
        """
        if self._was_run:
            raise RuntimeError("a conversation can be run only once; create another for the next dialogue")
        self._was_run = True
        self.clock = Clock(live=self._stream.live)
        bot, settings = self._bot, self._settings
        if any(named.observer.details for named in bot.observers):
            self._tap = Tap(self._events.publish_detail, self.clock.now)
        self._parts = ConversationParts(
            bot, settings, self._toolsets, self.id, self.publish, self.clock, self._tap
        )
        redaction = Redaction(bot.redactors, settings)
        about = bot.about(self.id, self._stream if self._tap is not None else None)
        async with ObserverGroup(bot.observers, about, self._events, redaction):
            failure = await self._run()
        if failure is not None:
            raise failure

    async def _run(self) -> ProviderError | None:
        """Run to the end; return the error if the conversation could not go on."""
        failure: ProviderError | None = None
        self._runner = self._parts.tool_runner()
        try:
            with own_cancellation("the conversation broke"):
                async with AsyncExitStack() as at_end:
                    if self._runner is not None:
                        await at_end.enter_async_context(self._runner)
                    async with asyncio.TaskGroup() as tasks:
                        self._build(tasks)
                        at_end.callback(self._responder.close)
                        await self._talk(tasks)
        except* Exception as errors:
            failure = as_provider_error("the conversation broke", errors)
        finally:
            reason = "failure" if failure else self._goodbye.reason or "input"
            self.publish(ConversationEnded(self.clock.now(), str(failure) if failure else None, reason))
        return failure

    def _build(self, tasks: asyncio.TaskGroup) -> None:
        """Create the parts of the conversation."""
        bot, stream, settings = self._bot, self._stream, self._settings
        echo = EchoGuard(settings.echo, stream, self._echo_transcripts)
        rules, idle_timer = turn_rules(settings, bot.chat, bot.turn_detector), IdleTimer(idle_rules(settings))
        turn_taking = TurnTaking(rules, has_detector=bot.voice_activity is not None, live=stream.live)
        self._scheduler = TurnScheduler(turn_taking, idle_timer, self._goodbye, self.clock, self._carry_out)
        heard, monitor = tapped_sound(stream, echo.reference, self._tap)
        self._speaker = Speaker(stream, tasks, monitor)
        tools = None
        if self._runner is not None:
            tools = self._parts.tool_use(self._runner, self._scheduler, self._goodbye, self.history)
        context = self._parts.replies(self._speaker, tools)
        self._responder = Responder(self._scheduler, self._goodbye, self.history, context, settings, tasks)
        self._compaction = self._parts.compaction(self.history, tasks)
        self._turn_detection = TurnDetection(
            tapped(bot.turn_detector, self._tap), stream.microphone, tasks, self._scheduler.turn_detected
        )
        hearing_events = HearingEvents(self.publish, self.clock)
        self._hearing = Hearing(
            heard,
            self._parts.hearing(hearing_events),
            echo,
            UserInput(turn_taking, self._scheduler, self._turn_detection.audio, self.clock, self.publish),
            hearing_events,
            self._responder.device_changed,
        )

    async def _talk(self, tasks: asyncio.TaskGroup) -> None:
        self._is_talking = True
        hearing, scheduler, greeting = self._hearing, self._scheduler, self._settings.greeting
        try:
            recognition = tasks.create_task(self._recognize(), name="recognition")
            if greeting:
                self._responder.say(greeting)
            await hearing.ready.wait()
            self.publish(ListeningStarted(self.clock.now()))
            if not greeting:
                await self._responder.play_listening_tone()
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
            scheduler.close()
            self._turn_detection.cancel()
            self._responder.discard()
            if self._compaction is not None:
                self._compaction.cancel()

    async def _hear(self, tasks: asyncio.TaskGroup) -> bool:
        """Receive input until it ends or the bot hangs up; return whether it has ended."""
        self._hearing_task = task = tasks.create_task(self._hearing.receive(), name="hearing")
        self._scheduler.begin()  # hangs up if goodbye has been said already
        await asyncio.wait([task])
        self._speaker.device_reopened()  # a lost device will not come back
        return not task.cancelled()

    async def _recognize(self) -> None:
        try:
            await self._hearing.recognize()
        except ProviderError as error:  # nothing more can be recognised
            self.publish(ProviderFailed(self.clock.now(), "recognizer", str(error)))
            self._scheduler.close()
            await self._responder.give_up()
            raise

    def _observe(self, event: ConversationEvent) -> None:
        """See an event before observers do."""
        self._echo_transcripts.observe(event)
        if self._compaction is not None:
            self._compaction.observe(event)

    def _carry_out(self, action: Action) -> None:
        match action:
            case AskTurnDetector():
                self._turn_detection.ask(action, self._scheduler.said)
            case Commit():
                self._hearing.commit()
            case HangUp():
                if self._hearing_task is not None:  # otherwise, it is decided again when hearing begins
                    self._hearing_task.cancel()
            case Answer():
                self._turn_detection.cancel()
                self._responder.carry_out(action)
            case _:
                self._responder.carry_out(action)
