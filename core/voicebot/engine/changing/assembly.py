"""The parts of one conversation, put together; those that depend on its bot can be changed while it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from voicebot.engine.compaction.compaction import Compaction
from voicebot.engine.conversation_parts import ConversationParts
from voicebot.engine.hearing.echo.guard import EchoGuard
from voicebot.engine.hearing.echo.transcript_filter import EchoTranscriptFilter
from voicebot.engine.hearing.events import HearingEvents
from voicebot.engine.hearing.hearing import Hearing
from voicebot.engine.history.history import History
from voicebot.engine.latch import Latch
from voicebot.engine.responder import Responder
from voicebot.engine.rules_from_settings import goodbye, idle_rules, patience_after, turn_rules
from voicebot.engine.speaking.playback.speaker import Speaker
from voicebot.engine.taps import SoundTap
from voicebot.engine.turns.actions import Action, Answer, AskTurnDetector, Commit, HangUp
from voicebot.engine.turns.goodbye import Goodbye
from voicebot.engine.turns.idle import IdleTimer
from voicebot.engine.turns.scheduler import TurnScheduler
from voicebot.engine.turns.turn_detection import TurnDetection
from voicebot.engine.turns.turn_taking import TurnTaking
from voicebot.engine.turns.user_input import UserInput
from voicebot.events import ConversationEvent
from voicebot.interfaces import AudioStream

if TYPE_CHECKING:
    from voicebot.engine.tools.runner import ToolRunner
    from voicebot.engine.tools.tool_use import ToolUse


class Leaving:
    """What still uses providers that a conversation has left: `recognizer` is set when that is over."""

    def __init__(self, recognizer: Latch, tasks: list[asyncio.Task[None]]) -> None:
        self.recognizer = recognizer
        self._tasks = tasks

    def add(self, tasks: list[asyncio.Task[None]]) -> None:
        """Wait for these tasks too."""
        self._tasks = self._tasks + tasks

    async def wait(self) -> None:
        """Wait until nothing does."""
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self.recognizer.wait()


class Assembly:
    """Hearing, turn-taking and speaking of one conversation.

    Args:
        goodbye: of the conversation.
        tasks: the conversation's.
        new_runner: makes what runs calls; called once there are tools.
        hang_up: ends hearing.
    """

    def __init__(
        self,
        parts: ConversationParts,
        stream: AudioStream,
        history: History,
        goodbye: Goodbye,
        transcripts: EchoTranscriptFilter,
        new_runner: Callable[[], ToolRunner],
        tasks: asyncio.TaskGroup,
        hang_up: Callable[[], None],
    ) -> None:
        bot, settings, clock = parts.bot, parts.settings, parts.clock
        self._parts, self._history, self._goodbye = parts, history, goodbye
        self._new_runner, self.stream = new_runner, stream
        self._tasks = tasks
        self._hang_up = hang_up
        self.before_answer: Callable[[], None] = lambda: None
        """Called when the user's turn is over, before the bot answers."""
        self._echo = EchoGuard(settings.echo, stream, transcripts)
        rules = turn_rules(settings, bot.chat, bot.turn_detector)
        self._idle_timer = IdleTimer(idle_rules(settings))
        self._turn_taking = TurnTaking(rules, has_detector=bot.voice_activity is not None, live=stream.live)
        self.scheduler = TurnScheduler(self._turn_taking, self._idle_timer, goodbye, clock, self._carry_out)
        self._sound = SoundTap(stream, self._echo.reference, parts.tap)
        self.speaker = Speaker(stream, tasks, self._sound)
        self.tools = self._first_tools(parts)
        """None until there are tools."""
        self.responder = Responder(
            self.scheduler, goodbye, history, parts.replies(self.speaker, self.tools), settings, tasks
        )
        self._compaction: Compaction | None = parts.compaction(history, tasks)
        detector = parts.turn_detector()
        self.turn_detection = TurnDetection(detector, stream.microphone, tasks, self.scheduler.turn_detected)
        events = self._hearing_events = HearingEvents(parts.publish, clock)
        user_input = UserInput(
            self._turn_taking, self.scheduler, self.turn_detection.audio, clock, parts.publish
        )
        self.hearing = Hearing(
            stream,
            parts.hearing(events),
            self._echo,
            user_input,
            events,
            self.responder.device_changed,
            self._sound.received,
        )

    async def try_out(self, parts: ConversationParts) -> None:
        """Try the recogniser and the detector that are to be used, unless they are used already.

        Raises:
            ProviderError: one does not work.
        """
        await self.hearing.try_out(parts.hearing(self._hearing_events))

    def observe(self, event: ConversationEvent) -> None:
        """See an event of the conversation."""
        if self._compaction is not None:
            self._compaction.observe(event)

    def stop(self) -> None:
        """Stop whatever is going on, at the end of the conversation."""
        self.scheduler.close()
        self.turn_detection.cancel()
        self.responder.discard()
        if self._compaction is not None:
            self._compaction.cancel()
        self.hearing.close()

    def change(self, parts: ConversationParts, reroute: Callable[[], None] | None) -> Leaving:
        """Go on with other providers and settings, between two turns; return what uses those before.

        If a plugin breaks, that is raised, and nothing has changed.

        Args:
            reroute: has the stream move to another device.
        """
        before, bot, settings = self._parts, parts.bot, parts.settings
        # What plugins take part in comes first: they may raise anything.
        rules = turn_rules(settings, bot.chat, bot.turn_detector)
        tools = self.tools or self._first_tools(parts)
        replies, compaction = parts.replies(self.speaker, tools), parts.compaction(self._history, self._tasks)
        hearing = parts.hearing(self._hearing_events)
        leaving = [*self.responder.tasks, *self.turn_detection.tasks]
        self.turn_detection.cancel()
        if bot.turn_detector is not before.bot.turn_detector or parts.tap is not before.tap:
            self.turn_detection.use(parts.turn_detector())
        self._parts = parts
        gone = [each for each in before.toolsets if not any(each is other for other in parts.toolsets)]
        if self.tools is not None:
            leaving += self.tools.runner.tasks_of(gone)
        patience = patience_after(self.scheduler.said.text, settings)
        self._turn_taking.changing.change(rules, patience)
        self._idle_timer.rules = idle_rules(settings)
        self._goodbye.become(goodbye(settings))
        self._history.instruct(settings.system)
        self._history.limit(settings.history.budget)
        if self.tools is not None:
            self.tools.change(parts.tool_catalogue(), settings.tool_use)
        self.tools = tools
        self.responder.use(replies, settings)
        if self._compaction is not None:
            leaving += self._compaction.tasks
            self._compaction.cancel()
        self._compaction = compaction
        self._sound.tap = parts.tap
        if reroute is not None:
            self.speaker.device_lost()  # what was not played follows on the other
            reroute()
            self.speaker.device_reopened()
        if reroute is not None or settings.echo != before.settings.echo:
            self._echo.use(settings.echo)
        return Leaving(self.hearing.change(hearing), leaving)

    def _first_tools(self, parts: ConversationParts) -> ToolUse | None:
        """Return the use of tools, once there are any; it then stays, and what it knows of earlier calls."""
        if not parts.toolsets:
            return None
        return parts.tool_use(self._new_runner(), self.scheduler, self._goodbye, self._history)

    def _carry_out(self, action: Action) -> None:
        match action:
            case AskTurnDetector():
                self.turn_detection.ask(action, self.scheduler.said)
            case Commit():
                self.hearing.commit()
            case HangUp():
                self._hang_up()
            case Answer():
                self.before_answer()
                self.turn_detection.cancel()
                self.responder.carry_out(action)
            case _:
                self.responder.carry_out(action)
