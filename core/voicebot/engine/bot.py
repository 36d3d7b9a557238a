"""A bot: the providers of a config, started once and shared by all conversations."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from voicebot.config.checking.tools import numbered
from voicebot.config.load import BotConfig
from voicebot.config.resolved import secrets_in, secrets_of
from voicebot.config.schema import Settings
from voicebot.cost.prices import Prices
from voicebot.engine.filters import ReplyFilterMaker, TranscriptFilterMaker
from voicebot.engine.hearing.echo import canceller
from voicebot.engine.hearing.trial import HearingTrial
from voicebot.engine.observers import NamedObserver, started
from voicebot.engine.redaction import RedactorMaker
from voicebot.engine.sharing.added_observers import AddedObservers, hooks_of
from voicebot.engine.sharing.phrases import load_phrases_soon
from voicebot.engine.sharing.provider_maker import ProviderMaker
from voicebot.engine.sharing.provider_uses import ProviderUses, start_all
from voicebot.engine.speaking.prepared_line import PreparedLine
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
from voicebot.options import Options


class Bot:
    """Holds started providers; use it as an async context manager, once.

    Entering it starts the providers. If one does not start, the others are closed and `ProviderError` is
    raised. An observer that does not start is left out with a warning: a conversation without it is better
    than none. Bots may share providers: the first that is entered starts them, and the last closes them.

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
        self.secrets = secrets_of(each.options for each in (*self._selected(), *self.toolsets, *observers))
        """What is hidden in the texts that observers receive: all secrets of the config, if there is one."""
        self.sections: Mapping[str, Options] = {}
        self.prices: Prices | None = None
        """Sections of plugins, and prices of the user's own, if the bot was made from a config."""
        self.wait_lines = tuple(PreparedLine(line, "a line of `tool_use.wait_line`") for line in wait_lines)
        self._uses = ProviderUses()
        self._maker: ProviderMaker | None = None
        self._own_device: AudioDevice[Any] | None = None
        self.added_observers = AddedObservers()
        self.hearing_trial = HearingTrial()
        self._tasks = asyncio.TaskGroup()
        self._preparations: list[asyncio.Task[None]] = []
        self._loading_phrases: asyncio.TimerHandle | None = None
        self._was_entered = False

    @classmethod
    def from_config(cls, config: BotConfig, *, device: AudioDevice[Any] | None = None) -> Self:
        """Make the bot that a config describes, with what hooks add; `ProviderError` if one cannot be made.

        Args:
            device: instead of the config's.
        """
        return cls._made(config, ProviderMaker(), AddedObservers.of(config), device)

    def changed(self, config: BotConfig) -> Self:
        """Make the bot that a changed config describes, likewise; enter it while this one is open.

        It shares the providers whose sections are the same. An observer that a hook added goes on, unless
        the hook takes the config and now returns none, or one with other options. A device that was given
        instead of the config's stays.

        Raises:
            ValueError: this bot was not made from a config.
        """
        if self._maker is None:
            raise ValueError("this bot was not made from a config; make the other one from providers too")
        observing = [each.observer for each in self.observers]
        existing = [made for made in self._maker.made if made[0].kind != "observer" or made[1] in observing]
        added = self.added_observers.changed(config, observing)
        return self._made(config, ProviderMaker(existing), added, self._own_device)

    @classmethod
    def _made(
        cls, config: BotConfig, maker: ProviderMaker, added: AddedObservers, device: AudioDevice[Any] | None
    ) -> Self:
        hooks, make = hooks_of(config), maker.make
        bot = cls(
            recognizer=make(config.recognizer),
            chat=make(config.chat),
            synthesizer=make(config.synthesizer),
            device=device or make(config.device),
            voice_activity=make(config.voice_activity) if config.voice_activity else None,
            turn_detector=make(config.turn_detector) if config.turn_detector else None,
            toolsets=[make(choice) for choice in config.tools],
            settings=config.settings,
            transcript_filters=hooks("voicebot_filter_transcript"),
            reply_filters=hooks("voicebot_filter_reply"),
            redactors=hooks("voicebot_redact"),
        )
        bot._maker, bot._own_device = maker, device
        bot.sections, bot.prices, bot.secrets = config.sections, config.prices, secrets_in(config)
        own = {"device": type(device).__name__} if device is not None else {}
        bot.names = {kind: getattr(config, kind).registration.name for kind in bot.names} | own
        bot.toolset_names = numbered([choice.name for choice in config.tools])
        listed = tuple(NamedObserver(each.registration.name, make(each)) for each in config.observers)
        bot.observers, bot.added_observers = (*listed, *added.observers), added
        return bot

    def about(self, conversation: str, stream: AudioStream | None = None) -> ConversationInfo:
        """Return the description of a new conversation that observers receive.

        Args:
            stream: the one whose sound observers with `details` see.
        """
        name, language, model = self.settings.name, self.settings.language, self.chat.model
        info = ConversationInfo(conversation, name, language, datetime.now(UTC), self.names, model)
        if stream is None:
            return info
        info = replace(info, microphone=stream.microphone, speaker=stream.speaker, live=stream.live)
        return info if stream.speaker is None else replace(info, voice=self.synthesizer.output_format)

    async def __aenter__(self) -> Self:
        if self._was_entered:
            raise RuntimeError(
                "a bot can be entered only once; use it for many conversations, or create another one"
            )
        self._was_entered = True
        failures: list[str] = []
        add, limit = self._uses.add, self.settings.start_timeout
        new = [each for each in self.observers if add(each.observer, f"the observer '{each.name}'")]
        providers = [(name, each) for name, each in reversed(self._providers()) if add(each, name)]
        try:
            async with asyncio.TaskGroup() as tasks:
                if self.settings.echo == "cancel" and not self.device.text_only:
                    tasks.create_task(canceller.start(failures), name="start: echo")
                starting = start_all(reversed(providers), limit, failures)
                tasks.create_task(starting, name="start: providers")
                observing = tasks.create_task(started(new, limit), name="start: observers")
        except BaseException:
            await self._uses.close()
            raise
        if failures:
            await self._uses.close()
            raise ProviderError("\n".join(failures))
        left_out = {id(each) for each in new} - {id(each) for each in observing.result()}
        self.observers = tuple(each for each in self.observers if id(each) not in left_out)
        await self._tasks.__aenter__()
        if not self.device.text_only:
            self._loading_phrases = load_phrases_soon()
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
            await self._uses.close()

    async def try_voice(self, before: Synthesizer[Any]) -> None:
        """Wait for the first sound of the line `on_error`, unless the voice is the same as before.

        Raises:
            ProviderError: the voice says nothing.
        """
        line = self.safe_line
        if self.synthesizer is before or not line.text or self.device.text_only:
            return
        await line.tried.wait()
        if line.failure is not None:
            raise ProviderError(f"synthesizer: {line.failure}")

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
