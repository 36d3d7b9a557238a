"""The real providers that do what the script leaves out, chosen by a config."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack
from typing import Any

from voicebot import ChatModel, Provider, Recognizer, Synthesizer, VoiceActivityDetector, load_config

logger = logging.getLogger(__name__)


class Providers:
    """Real providers of each kind, or None."""

    def __init__(
        self,
        recognizer: Recognizer[Any] | None = None,
        chat: ChatModel[Any] | None = None,
        synthesizer: Synthesizer[Any] | None = None,
        voice_activity: VoiceActivityDetector[Any] | None = None,
        *,
        system: str = "",
        phrases: tuple[str, ...] = (),
    ) -> None:
        self.recognizer = recognizer
        self.chat = chat
        self.synthesizer = synthesizer
        self.voice_activity = voice_activity
        self.system = system
        """The config's system message, for requests that have none."""
        self._phrases = phrases
        self._started = AsyncExitStack()

    @classmethod
    def from_config(cls, path: str) -> Providers:
        """Make the providers of a config.

        Raises:
            ConfigError: the config cannot be used, for example because a provider is not installed.
        """
        config = load_config(path)
        for warning in config.warnings:
            logger.warning("%s:%d:%d: %s", warning.file, warning.line, warning.column, warning.message)
        return cls(
            recognizer=config.recognizer.make(),  # type: ignore[arg-type]  # the loader checked the kinds
            chat=config.chat.make(),  # type: ignore[arg-type]
            synthesizer=config.synthesizer.make(),  # type: ignore[arg-type]
            voice_activity=config.voice_activity.make() if config.voice_activity else None,  # type: ignore[arg-type]
            system=config.settings.system,
            phrases=config.settings.phrases,
        )

    @property
    def phrases(self) -> tuple[str, ...]:
        """Phrases that the chat model can answer, to help a small recogniser."""
        return (*self._phrases, *(self.chat.phrases if self.chat is not None else ()))

    async def start(self) -> None:
        """Start all providers.

        Raises:
            ProviderError: one of them cannot be started.
        """
        providers: list[Provider[Any] | None] = [
            self.recognizer,
            self.chat,
            self.synthesizer,
            self.voice_activity,
        ]
        for provider in providers:
            if provider is not None:
                self._started.push_async_callback(provider.aclose)
                await provider.start()

    async def aclose(self) -> None:
        """Close the providers that were started."""
        await self._started.aclose()
