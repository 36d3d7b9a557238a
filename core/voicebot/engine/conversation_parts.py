"""Creates the parts of a conversation that depend on its bot, its settings and its toolsets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from voicebot.config.schema import Settings
from voicebot.dataclass import dataclass
from voicebot.engine.bot import Bot
from voicebot.engine.clock import Clock
from voicebot.engine.compaction.compaction import Compaction
from voicebot.engine.compaction.summary import Summarizer
from voicebot.engine.counting import counted
from voicebot.engine.filters import TranscriptFilterChain, create_filters
from voicebot.engine.hearing.events import HearingEvents
from voicebot.engine.hearing.setup import HearingSetup
from voicebot.engine.history.history import History
from voicebot.engine.observers import want_details
from voicebot.engine.speaking.playback.speaker import Speaker
from voicebot.engine.speaking.prepared_line import WaitLines
from voicebot.engine.speaking.reply_context import ReplyContext
from voicebot.engine.speaking.reply_events import ReplyEvents
from voicebot.engine.speaking.synthesis.session import SynthesizerSession
from voicebot.engine.taps import Tap, tapped
from voicebot.engine.turns.goodbye import Goodbye
from voicebot.engine.turns.scheduler import TurnScheduler
from voicebot.events import ConversationEvent
from voicebot.interfaces import Provider, Toolset, TurnDetector

if TYPE_CHECKING:
    from voicebot.engine.tools.catalogue import ToolCatalogue
    from voicebot.engine.tools.runner import ToolRunner
    from voicebot.engine.tools.tool_use import ToolUse

ProviderT = TypeVar("ProviderT", bound=Provider[Any])


@dataclass(frozen=True, slots=True)
class ConversationParts:
    """What the parts of one conversation are created from.

    Args:
        settings: those of this conversation, which may differ from the bot's.
        toolsets: those of the bot, and of this conversation.
        conversation: its opaque id.
        publish: publishes an event.
        details: publishes what providers are asked and answer, and sound.
        was_tapped: whether an observer wanted that before; it is not worth another session to stop it.
    """

    bot: Bot
    settings: Settings
    toolsets: tuple[Toolset[Any], ...]
    conversation: str
    publish: Callable[[ConversationEvent], None]
    clock: Clock
    details: Tap
    was_tapped: bool = False

    @property
    def tap(self) -> Tap | None:
        """Where what passes is published; None if nobody wants it."""
        return self.details if self.was_tapped or want_details(self.bot.observers) else None

    def changed(self, bot: Bot, settings: Settings, toolsets: tuple[Toolset[Any], ...]) -> ConversationParts:
        """Return the same for another bot.

        Args:
            toolsets: beside the bot's.
        """
        every, was_tapped = (*bot.toolsets, *toolsets), self.tap is not None
        return replace(self, bot=bot, settings=settings, toolsets=every, was_tapped=was_tapped)

    def hearing(self, events: HearingEvents) -> HearingSetup:
        """Return what hearing needs."""
        bot, settings = self.bot, self.settings
        filters = create_filters(bot.transcript_filters, settings)
        return HearingSetup(
            recognizer=self._used(bot.recognizer),
            voice_activity=bot.voice_activity,
            settings=settings,
            phrases=(*bot.chat.phrases, *self._spoken_values()),
            transcript_filter=TranscriptFilterChain(filters, events.filter_failed),
            conversation=self.conversation,
            trial=bot.hearing_trial,
        )

    def turn_detector(self) -> TurnDetector[Any] | None:
        """Return what decides when the user's turn is over."""
        return tapped(self.bot.turn_detector, self.tap)

    def compaction(self, history: History, tasks: asyncio.TaskGroup) -> Compaction | None:
        """Return what summarises older turns; None if nothing does."""
        chat, options = self._used(self.bot.chat), self.settings.history
        if options.compact is None or chat.acts:
            return None
        events, timeout = ReplyEvents(self.publish, self.clock), self.settings.reply.chat_timeout
        summarizer = Summarizer(chat, options.budget, timeout, self.conversation, events)
        return Compaction(history, options.compact, summarizer, events, tasks)

    def tool_runner(self) -> ToolRunner:
        """Return what runs calls."""
        from voicebot.engine.tools.runner import ToolRunner

        events, now = ReplyEvents(self.publish, self.clock), self.clock.now
        return ToolRunner(self.settings.tool_use, self.publish, now, partial(events.notice, "toolset"))

    def tool_catalogue(self) -> ToolCatalogue:
        """Return the tools that there are."""
        from voicebot.engine.tools.catalogue import ToolCatalogue

        events = ReplyEvents(self.publish, self.clock)
        own = self.toolsets[len(self.bot.toolsets) :]
        names = (*self.bot.toolset_names, *(type(toolset).__name__ for toolset in own))
        return ToolCatalogue(self.toolsets, partial(events.notice_once, "toolset"), names)

    def replies(self, speaker: Speaker, tools: ToolUse | None) -> ReplyContext:
        """Return what replies share."""
        bot, settings, events = self.bot, self.settings, ReplyEvents(self.publish, self.clock)
        notice = partial(events.notice, "synthesizer")
        waits = self.toolsets and not bot.device.text_only
        return ReplyContext(
            conversation=self.conversation,
            settings=settings,
            chat=self._used(bot.chat),
            filters=create_filters(bot.reply_filters, settings),
            synthesizer=SynthesizerSession(self._used(bot.synthesizer), settings, self.conversation, notice),
            safe_line=bot.safe_line,
            speaker=speaker,
            events=events,
            tools=tools,
            wait_lines=WaitLines(bot.wait_lines) if waits else None,
        )

    def tool_use(
        self, runner: ToolRunner, scheduler: TurnScheduler, goodbye: Goodbye, history: History
    ) -> ToolUse:
        """Return what replies use to call tools."""
        from voicebot.engine.tools.tool_use import ToolEffects, ToolUse

        effects = ToolEffects(
            acted=scheduler.reply_acted,
            end=goodbye.ended_by_tool,
            remember=history.remember,
            ended_late=scheduler.tool_ended,
        )
        options, now = self.settings.tool_use, self.clock.now
        tools = ToolUse(self.tool_catalogue(), runner, options, effects, self.conversation, now)
        scheduler.are_results_due = lambda: tools.are_results_due
        return tools

    def _used(self, provider: ProviderT) -> ProviderT:
        """Return a provider as the conversation uses it: counted, and with a tap if somebody wants one."""
        name = self.bot.names.get(provider.kind, type(provider).__name__)
        return tapped(counted(provider, name), self.tap)

    def _spoken_values(self) -> tuple[str, ...]:
        """Return what users may say for the arguments of tools."""
        if not self.toolsets:
            return ()
        from voicebot.engine.hearing.spoken_values import spoken_values

        return spoken_values(self.toolsets)
