"""The conversation of `voicebot run`: its bot, its stream with typed lines, and the view that shows it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, AsyncExitStack

from voicebot.cli.conversation.live_config.live_config import LiveConfig
from voicebot.cli.conversation.metrics_file import MetricsFile
from voicebot.cli.conversation.typed_lines import readers
from voicebot.cli.conversation.typed_lines.stream import TypedStream
from voicebot.cli.conversation.view import View, choose_view
from voicebot.cli.output.errors import show_error
from voicebot.cli.output.printing import status
from voicebot.cli.process import streams
from voicebot.config.edits import load_again
from voicebot.config.load import BotConfig
from voicebot.config.reading.assignments import Assignment
from voicebot.config.schema import Settings
from voicebot.dataclass import dataclass
from voicebot.engine.bot import Bot
from voicebot.engine.conversation import Conversation
from voicebot.engine.event_stream import Subscription
from voicebot.engine.live.live_bot import LiveBot
from voicebot.events import ConversationEvent
from voicebot.interfaces import AudioStream

_LAST_EVENTS = 1.0
"""Seconds to show the last events, after the conversation has ended."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for.

    Args:
        config: without the device that the command line chooses.
        assignments: settings that the config was loaded with.
        adapt: returns a config with that device.
        watch: whether the config is applied again when it is saved.
        waterfall: whether bars show where the time of each turn went.
    """

    config: BotConfig
    assignments: tuple[Assignment, ...]
    adapt: Callable[[BotConfig], BotConfig]
    watch: bool
    waterfall: bool


async def converse(request: Request, metrics: MetricsFile | None) -> View:
    """Run one conversation; return the view that showed it."""
    config = request.adapt(request.config)
    bot = Bot.from_config(config)
    live = LiveBot(bot)
    async with AsyncExitStack() as stack:
        with _loading(config, text_only=bot.device.text_only):
            await stack.enter_async_context(live)
            stream = await stack.enter_async_context(readers.open_stream(live))
        return await _show(request, config, live, stream, metrics)


async def _show(
    request: Request, used: BotConfig, live: LiveBot, device: AudioStream, metrics: MetricsFile | None
) -> View:
    bot, stream = live.bot, TypedStream(device)
    conversation = Conversation(bot, stream)
    events = conversation.events()
    reader = readers.choose_reader(stream, bot.names["device"])
    now = lambda: conversation.clock.now()  # noqa: E731, PLW0108 - its clock starts with it
    following = live.following(conversation, stream=device)
    with choose_view(bot.settings, stream, now, reader) as view, following:
        view.advisor.has_turn_detector = bot.turn_detector is not None
        view.waterfall = request.waterfall

        def used_now(settings: Settings) -> None:
            view.name = settings.name
            view.summary.prices = settings.prices
            view.advisor.use(settings)

        edited = LiveConfig(
            used,
            request.assignments,
            lambda settings: request.adapt(load_again(request.config.path, settings)),
            live,
            show=view.noticed,
            applied=used_now,
        )
        async with asyncio.TaskGroup() as tasks:
            show = view.show if bot.device.text_only else _tolerating_lost_output(view)
            watching = tasks.create_task(_watch(events, show, metrics), name="view")
            typing = tasks.create_task(reader.run(stream), name="typing") if reader is not None else None
            watch = request.watch and stream.live
            editing = tasks.create_task(edited.run(watch=watch), name="config")
            try:
                await readers.converse(
                    conversation, stream, reader, show=view.noticed, show_error=view.trouble, config=edited
                )
            finally:
                editing.cancel()
                # However it ends, even by Ctrl-C, the last words are shown.
                await asyncio.wait([watching], timeout=_LAST_EVENTS)
                if typing is not None:
                    typing.cancel()
    return view


async def _watch(
    events: Subscription, show: Callable[[ConversationEvent], None], metrics: MetricsFile | None
) -> None:
    async for event in events:
        show(event)
        if metrics is not None:
            metrics.show(event)


def _tolerating_lost_output(view: View) -> Callable[[ConversationEvent], None]:
    """Show events; if they cannot be written (a full disk), a spoken conversation goes on without them."""

    def show(event: ConversationEvent) -> None:
        try:
            view.show(event)
        except BrokenPipeError:
            raise
        except OSError as error:
            streams.drop_output()
            show_error(f"{error.filename}: {error.strerror}; the conversation goes on without being shown")

    return show


def _loading(config: BotConfig, *, text_only: bool) -> AbstractContextManager[object]:
    """Show that providers are being loaded, while they are."""
    choices = [config.chat] if text_only else [config.recognizer, config.chat, config.synthesizer]
    names = ", ".join(dict.fromkeys(leaf.name for choice in choices for leaf in choice.leaves))
    return status(f"Loading {config.settings.name} ({names})")
