"""What stands behind the emulator where there is no script: real providers, chosen by a config."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack
from typing import Any

from voicebot import ChatModel, Provider, Recognizer, Synthesizer, VoiceActivityDetector, load_config

logger = logging.getLogger(__name__)


class Providers:
    """Holds providers; what is None is not there."""

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
        """Persona of the config, for a chat model that is asked without one."""
        self._phrases = phrases
        self._started = AsyncExitStack()

    @classmethod
    def from_config(cls, path: str) -> Providers:
        """Make the providers of a config.

        Raises:
            ConfigError: it cannot be used, for example since the offline providers are not installed.
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
        """What the model behind knows how to answer, so that a small recogniser does well."""
        return (*self._phrases, *(self.chat.phrases if self.chat is not None else ()))

    async def start(self) -> None:
        """Start what there is; `ProviderError` if something does not."""
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
        """Close what was started."""
        await self._started.aclose()
