"""A bot: the providers of a config, started once and shared by all conversations."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Any, Self

from voicebot.config.checking.tools import numbered
from voicebot.config.load import BotConfig
from voicebot.config.schema import Settings
from voicebot.engine.cancellation import own_cancellation
from voicebot.engine.failures import as_provider_error
from voicebot.engine.filters import ReplyFilterMaker, TranscriptFilterMaker
from voicebot.engine.hearing.echo import canceller
from voicebot.engine.observers import NamedObserver, hooked, started
from voicebot.engine.redaction import RedactorMaker
from voicebot.engine.speaking.prepared_line import PreparedLine
from voicebot.engine.text.farewell import load_phrases
from voicebot.errors import ProviderError
from voicebot.events import ConversationInfo
from voicebot.interfaces import (
    AudioDevice,
    AudioStream,
    ChatModel,
    Observer,
    Provider,
    Recognizer,
    Synthesizer,
    Toolset,
    TurnDetector,
    VoiceActivityDetector,
)

logger = logging.getLogger(__name__)
_CLOSE_TIMEOUT = 5.0
"""Seconds that each provider may take to close."""
_LOAD_PHRASES_AFTER = 1.0
"""Seconds from the start until a thread loads the phrases, which would otherwise block the loop when the user
first speaks over the bot. Sooner, it would delay the greeting."""


class Bot:
    """Holds started providers; use it as an async context manager, once.

    Entering it starts the providers. If one does not start, the others are closed and `ProviderError` is
    raised. An observer that does not start is left out with a warning: a conversation without it is better
    than none.

    Args:
        toolsets: what the chat model can have done.
        observers: see every event of every conversation.
        transcript_filters: each is called with the settings when a conversation begins, and returns what
            changes the user's words, or None; see the hook `voicebot_filter_transcript`.
        reply_filters: the same for the chat model's text; see the hook `voicebot_filter_reply`.
        redactors: the same for all texts that observers receive; see the hook `voicebot_redact`.
    """

    def __init__(
        self,
        *,
        recognizer: Recognizer[Any],
        chat: ChatModel[Any],
        synthesizer: Synthesizer[Any],
        device: AudioDevice[Any],
        voice_activity: VoiceActivityDetector[Any] | None = None,
        turn_detector: TurnDetector[Any] | None = None,
        settings: Settings | None = None,
        toolsets: Sequence[Toolset[Any]] = (),
        observers: Sequence[Observer[Any]] = (),
        transcript_filters: Sequence[TranscriptFilterMaker] = (),
        reply_filters: Sequence[ReplyFilterMaker] = (),
        redactors: Sequence[RedactorMaker] = (),
    ) -> None:
        self.recognizer = recognizer
        self.chat = chat
        self.synthesizer = synthesizer
        self.device = device
        self.voice_activity = voice_activity
        self.turn_detector = turn_detector
        self.toolsets = tuple(toolsets)
        self.toolset_names = tuple(type(toolset).__name__ for toolset in self.toolsets)
        """The toolsets' names in messages: those in the config, numbered if there are several of one."""
        self.settings = settings or Settings()
        self.observers = tuple(NamedObserver(type(observer).__name__, observer) for observer in observers)
        """The observers; once the bot has been entered, those that started."""
        self.transcript_filters = tuple(transcript_filters)
        self.reply_filters = tuple(reply_filters)
        self.redactors = tuple(redactors)
        self.names = {each.kind: type(each).__name__ for each in self._selected()}
        """The providers' names, by kind."""
        self.safe_line = PreparedLine(self.settings.on_error, "the safe line")
        wait_lines = self.settings.tool_use.wait_line if self.toolsets and not device.text_only else ()
        self.wait_lines = tuple(PreparedLine(line, "a line of `tool_use.wait_line`") for line in wait_lines)
        self._to_close: list[tuple[str, Provider[Any]]] = []
        self._tasks = asyncio.TaskGroup()
        self._preparations: list[asyncio.Task[None]] = []
        self._loading_phrases: asyncio.TimerHandle | None = None
        self._was_entered = False

    @classmethod
    def from_config(cls, config: BotConfig, *, device: AudioDevice[Any] | None = None) -> Self:
        """Make the bot that a config describes, including what the hooks of plugins add.

        Args:
            device: instead of the config's.
        """
        plugins, settings = config.plugins, config.settings
        hooks: Callable[[str], list[Any]] = lambda _: []  # noqa: E731
        if plugins is not None:
            hooks = partial(plugins.implementations, config=config)
        bot = cls(
            recognizer=config.recognizer.make(),  # type: ignore[arg-type]  # the loader checked the kinds
            chat=config.chat.make(),  # type: ignore[arg-type]
            synthesizer=config.synthesizer.make(),  # type: ignore[arg-type]
            device=device or config.device.make(),  # type: ignore[arg-type]
            voice_activity=config.voice_activity.make() if config.voice_activity else None,  # type: ignore[arg-type]
            turn_detector=config.turn_detector.make() if config.turn_detector else None,  # type: ignore[arg-type]
            toolsets=[choice.make() for choice in config.tools],  # type: ignore[misc]
            settings=settings,
            transcript_filters=hooks("voicebot_filter_transcript"),
            reply_filters=hooks("voicebot_filter_reply"),
            redactors=hooks("voicebot_redact"),
        )
        own = {"device": type(device).__name__} if device is not None else {}
        bot.names = {kind: getattr(config, kind).registration.name for kind in bot.names} | own
        bot.toolset_names = numbered([choice.name for choice in config.tools])
        listed = (NamedObserver(each.registration.name, each.make()) for each in config.observers)  # type: ignore[arg-type]
        bot.observers = (*listed, *hooked(hooks("voicebot_observe"), settings))
        return bot

    def about(self, conversation: str, stream: AudioStream | None = None) -> ConversationInfo:
        """Return the description of a new conversation that observers receive.

        Args:
            stream: its stream, if observers see the sound of it.
        """
        settings, sound = self.settings, (stream.microphone, stream.speaker) if stream is not None else ()
        started, model = datetime.now(UTC), self.chat.model
        return ConversationInfo(
            conversation, settings.name, settings.language, started, self.names, model, *sound
        )

    async def __aenter__(self) -> Self:
        if self._was_entered:
            raise RuntimeError(
                "a bot can be entered only once; use it for many conversations, or create another one"
            )
        self._was_entered = True
        failures: list[str] = []
        self._to_close = [(f"the observer '{each.name}'", each.observer) for each in self.observers]
        self._to_close += reversed(self._providers())
        try:
            async with asyncio.TaskGroup() as tasks:
                if self.settings.echo == "cancel" and not self.device.text_only:
                    tasks.create_task(self._load_canceller(failures), name="start: echo")
                for name, provider in self._providers():
                    tasks.create_task(self._start(name, provider, failures), name=f"start: {name}")
                starting = tasks.create_task(
                    started(self.observers, self.settings.start_timeout), name="start: observers"
                )
        except BaseException:
            await self._close()
            raise
        if failures:
            await self._close()
            raise ProviderError("\n".join(failures))
        self.observers = starting.result()
        await self._tasks.__aenter__()
        if not self.device.text_only:
            # A thread of its own: the loop's would be waited for.
            thread = threading.Thread(target=load_phrases, name="voicebot phrases", daemon=True)
            loop = asyncio.get_running_loop()
            self._loading_phrases = loop.call_later(_LOAD_PHRASES_AFTER, thread.start)
        if not self.device.text_only:
            for line in (self.safe_line, *self.wait_lines):
                if line.text:  # not waited for
                    prepare = line.prepare(self.synthesizer, self.settings.language)
                    self._preparations.append(self._tasks.create_task(prepare, name="safe line"))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._loading_phrases is not None:
            self._loading_phrases.cancel()
        for preparation in self._preparations:
            preparation.cancel()
        try:
            await self._tasks.__aexit__(None, None, None)
        finally:
            await self._close()

    def _providers(self) -> list[tuple[str, Provider[Any]]]:
        """Return the providers that have to start, each with its name in messages."""
        toolsets = zip(self.toolset_names, self.toolsets, strict=True)
        named = ((f"toolset '{name}'", toolset) for name, toolset in toolsets)
        return [*((provider.kind, provider) for provider in self._selected()), *named]

    def _selected(self) -> list[Provider[Any]]:
        """Return the providers that are used with the device, one of each kind."""
        if self.device.text_only:
            return [self.chat, self.device]
        helpers = [helper for helper in (self.voice_activity, self.turn_detector) if helper is not None]
        return [self.recognizer, self.chat, self.synthesizer, self.device, *helpers]

    async def _start(self, name: str, provider: Provider[Any], failures: list[str]) -> None:
        limit = self.settings.start_timeout
        try:
            async with asyncio.timeout(limit) as timeout:
                with own_cancellation("could not start"):
                    await provider.start()
        except Exception as error:  # a foreign provider may raise anything
            reason = as_provider_error("could not start", error)
            if timeout.expired() and isinstance(error, TimeoutError):
                reason = ProviderError(f"did not start within {limit:g} s (`start_timeout`)")
            failures.append(f"{name}: {reason}")

    async def _load_canceller(self, failures: list[str]) -> None:
        try:
            await asyncio.to_thread(canceller.load)
        except ProviderError as error:
            failures.append(str(error))

    async def _close(self) -> None:
        for name, provider in self._to_close:
            try:
                with own_cancellation("it failed"):
                    async with asyncio.timeout(_CLOSE_TIMEOUT):
                        await provider.aclose()
            except Exception as error:  # the others have to be closed even so
                reason = as_provider_error("it failed", error)
                logger.warning("%s did not close cleanly: %s", name, reason)
