"""One conversation: assembles the parts of the engine, and runs them."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from functools import partial
from uuid import uuid4

from voicebot.engine.bot import Bot
from voicebot.engine.cancellation import own_cancellation
from voicebot.engine.clock import Clock
from voicebot.engine.compaction.compaction import Compaction
from voicebot.engine.compaction.summary import Summarizer
from voicebot.engine.event_stream import EventStream, Subscription
from voicebot.engine.failures import as_provider_error
from voicebot.engine.filters import TranscriptFilterChain, create_filters
from voicebot.engine.hearing.echo.guard import EchoGuard
from voicebot.engine.hearing.echo.transcript_filter import EchoTranscriptFilter
from voicebot.engine.hearing.events import HearingEvents
from voicebot.engine.hearing.hearing import Hearing
from voicebot.engine.hearing.setup import HearingSetup
from voicebot.engine.hearing.spoken_values import spoken_values
from voicebot.engine.history import History
from voicebot.engine.observers import ObserverGroup
from voicebot.engine.responder import Responder
from voicebot.engine.rules_from_settings import goodbye, idle_rules, turn_rules
from voicebot.engine.speaking.playback.speaker import Speaker
from voicebot.engine.speaking.prepared_line import WaitLines
from voicebot.engine.speaking.reply_context import ReplyContext
from voicebot.engine.speaking.reply_events import ReplyEvents
from voicebot.engine.speaking.synthesis.session import SynthesizerSession
from voicebot.engine.tools.catalogue import ToolCatalogue
from voicebot.engine.tools.runner import ToolRunner
from voicebot.engine.tools.tool_use import ToolEffects, ToolUse
from voicebot.engine.turns.actions import Action, Answer, AskTurnDetector, Commit, HangUp
from voicebot.engine.turns.idle import IdleTimer
from voicebot.engine.turns.scheduler import LONGEST_WAIT, TurnScheduler
from voicebot.engine.turns.turn_detection import TurnDetection
from voicebot.engine.turns.turn_taking import TurnTaking
from voicebot.engine.turns.user_input import UserInput
from voicebot.errors import ProviderError
from voicebot.events import ConversationEnded, ConversationEvent, ListeningStarted, ProviderFailed
from voicebot.interfaces import AudioStream


class Conversation:
    """One dialogue over one stream of sound; run it once.

    Args:
        bot: a bot that has been entered.
        stream: a stream that the bot's device has opened.
    """

    def __init__(self, bot: Bot, stream: AudioStream) -> None:
        self.id = uuid4().hex
        """Opaque and unique."""
        self.history = History(bot.settings.system, bot.settings.history.budget)
        self._echo_transcripts = EchoTranscriptFilter()
        self._events = EventStream(self._observe)
        self.publish = self._events.publish
        self._bot, self._stream, self._was_run = bot, stream, False
        self._hearing_task: asyncio.Task[None] | None = None
        self._compaction: Compaction | None = None

    def events(self) -> Subscription:
        """Return the events from now on; subscribe before `run` to see them all.

        Raises:
            RuntimeError: the conversation has ended.
        """
        return self._events.subscribe()

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
        async with ObserverGroup(self._bot.observers, self._bot.about(self.id), self._events):
            failure = await self._run()
        if failure is not None:
            raise failure

    async def _run(self) -> ProviderError | None:
        """Run to the end; return the error if the conversation could not go on."""
        failure: ProviderError | None = None
        self._goodbye = goodbye(self._bot.settings)
        self._runner = self._tool_runner() if self._bot.toolsets else None
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
        bot, stream, settings = self._bot, self._stream, self._bot.settings
        echo = EchoGuard(settings.echo, stream, self._echo_transcripts)
        rules, idle_timer = turn_rules(settings, bot.chat, bot.turn_detector), IdleTimer(idle_rules(settings))
        turn_taking = TurnTaking(rules, has_detector=bot.voice_activity is not None, live=stream.live)
        self._scheduler = TurnScheduler(turn_taking, idle_timer, self._goodbye, self.clock, self._carry_out)
        self._speaker = Speaker(stream, tasks, echo.reference)
        self._responder = Responder(
            self._scheduler, self._goodbye, self.history, self._reply_context(), settings, tasks
        )
        self._compaction = self._create_compaction(tasks)
        self._turn_detection = TurnDetection(
            bot.turn_detector, stream.microphone, tasks, self._scheduler.turn_detected
        )
        hearing_events = HearingEvents(self.publish, self.clock)
        filters = create_filters(bot.transcript_filters, settings)
        setup = HearingSetup(
            recognizer=bot.recognizer,
            voice_activity=bot.voice_activity,
            settings=settings,
            phrases=(*bot.chat.phrases, *spoken_values(bot.toolsets)),
            transcript_filter=TranscriptFilterChain(filters, hearing_events.filter_failed),
            conversation=self.id,
        )
        self._hearing = Hearing(
            stream,
            setup,
            echo,
            UserInput(turn_taking, self._scheduler, self._turn_detection.audio, self.clock, self.publish),
            hearing_events,
            self._responder.device_changed,
        )

    async def _talk(self, tasks: asyncio.TaskGroup) -> None:
        hearing, scheduler, greeting = self._hearing, self._scheduler, self._bot.settings.greeting
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
                timeout = self._bot.settings.recognizer_timeout if self._stream.live else LONGEST_WAIT
                await asyncio.wait([recognition], timeout=timeout)  # for words that are no longer awaited
            await scheduler.wait_while_busy()
            if scheduler.closed:
                await recognition  # it says why the conversation cannot go on
            recognition.cancel()
        finally:
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

    def _create_compaction(self, tasks: asyncio.TaskGroup) -> Compaction | None:
        chat, settings, options = self._bot.chat, self._bot.settings, self._bot.settings.history
        if options.compact is None or chat.acts:
            return None
        events = ReplyEvents(self.publish, self.clock)
        summarizer = Summarizer(chat, options.budget, settings.reply.chat_timeout, self.id, events)
        return Compaction(self.history, options.compact, summarizer, events, tasks)

    def _reply_context(self) -> ReplyContext:
        bot, settings, events = self._bot, self._bot.settings, ReplyEvents(self.publish, self.clock)
        notice = partial(events.notice, "synthesizer")
        return ReplyContext(
            conversation=self.id,
            settings=settings,
            chat=bot.chat,
            filters=create_filters(bot.reply_filters, settings),
            synthesizer=SynthesizerSession(bot.synthesizer, settings, self.id, notice),
            safe_line=bot.safe_line,
            speaker=self._speaker,
            events=events,
            tools=self._tool_use(self._runner, events) if self._runner is not None else None,
            wait_lines=WaitLines(bot.wait_lines) if bot.toolsets and not bot.device.text_only else None,
        )

    def _tool_runner(self) -> ToolRunner:
        events = ReplyEvents(self.publish, self.clock)
        options = self._bot.settings.tool_use
        return ToolRunner(options, self.publish, self.clock.now, partial(events.notice, "toolset"))

    def _tool_use(self, runner: ToolRunner, events: ReplyEvents) -> ToolUse:
        bot, scheduler = self._bot, self._scheduler
        catalogue = ToolCatalogue(bot.toolsets, partial(events.notice_once, "toolset"))
        effects = ToolEffects(
            acted=scheduler.reply_acted,
            end=self._goodbye.ended_by_tool,
            remember=self.history.remember,
            ended_late=scheduler.tool_ended,
        )
        use = ToolUse(catalogue, runner, bot.settings.tool_use, effects, self.id, self.clock.now)
        scheduler.are_results_due = lambda: use.are_results_due
        return use
