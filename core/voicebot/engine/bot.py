"""A bot: a checked config come to life, its providers started once and shared by its conversations."""

from __future__ import annotations

import asyncio
import logging
from types import TracebackType
from typing import Any, Self

from voicebot.config.load import BotConfig
from voicebot.config.schema import Settings
from voicebot.engine.heard import SpokenUnit
from voicebot.engine.reply import SafeLine
from voicebot.engine.voice import UnitInVoice, synthesize
from voicebot.errors import ProviderError
from voicebot.interfaces import (
    AudioDevice,
    ChatModel,
    Provider,
    Recognizer,
    Synthesizer,
    VoiceActivityDetector,
)
from voicebot.messages import Utterance

logger = logging.getLogger(__name__)
_SAFE_LINE_SECONDS = 5.0


class Bot:
    """Holds started providers; use it as an async context manager.

    Entering raises `ProviderError` when a provider does not start, and leaves none running then.
    """

    def __init__(
        self,
        *,
        recognizer: Recognizer[Any],
        chat: ChatModel[Any],
        synthesizer: Synthesizer[Any],
        device: AudioDevice[Any],
        voice_activity: VoiceActivityDetector[Any] | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.recognizer = recognizer
        self.chat = chat
        self.synthesizer = synthesizer
        self.device = device
        self.voice_activity = voice_activity
        self.settings = settings or Settings()
        self.safe_line = SafeLine(self.settings.on_error)

    @classmethod
    def from_config(cls, config: BotConfig) -> Self:
        """Make a bot as a config says."""
        return cls(
            recognizer=config.recognizer.make(),  # type: ignore[arg-type]  # the loader checked the kinds
            chat=config.chat.make(),  # type: ignore[arg-type]
            synthesizer=config.synthesizer.make(),  # type: ignore[arg-type]
            device=config.device.make(),  # type: ignore[arg-type]
            voice_activity=config.voice_activity.make() if config.voice_activity else None,  # type: ignore[arg-type]
            settings=config.settings,
        )

    async def __aenter__(self) -> Self:
        failures: list[str] = []
        try:
            async with asyncio.TaskGroup() as tasks:
                for provider in self._providers():
                    tasks.create_task(self._start(provider, failures), name=f"start: {provider.kind}")
        except BaseException:
            await self._close()
            raise
        if failures:
            await self._close()
            raise ProviderError("\n".join(failures))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._close()

    def _providers(self) -> list[Provider[Any]]:
        """The providers that the device makes use of."""
        if self.device.text_only:
            return [self.chat, self.device]
        ears = [self.voice_activity] if self.voice_activity else []
        return [self.recognizer, self.chat, self.synthesizer, self.device, *ears]

    async def _start(self, provider: Provider[Any], failures: list[str]) -> None:
        limit = self.settings.start_timeout
        try:
            async with asyncio.timeout(limit):
                await provider.start()
        except TimeoutError:
            failures.append(f"{provider.kind}: did not start within {limit:g} s (`start_timeout`)")
        except ProviderError as error:
            failures.append(f"{provider.kind}: {error}")
        except Exception as error:  # a stranger's provider may raise anything
            logger.debug("%s did not start", provider.kind, exc_info=True)
            failures.append(f"{provider.kind}: could not start: {type(error).__name__}: {error}")
        else:
            if provider is self.synthesizer and self.safe_line.text:
                await self._prepare_safe_line()

    async def _prepare_safe_line(self) -> None:
        """Make the safe line's sound now, for it must be there when the synthesizer is what fails."""
        text = self.settings.on_error
        in_voice = UnitInVoice(SpokenUnit(text, text), bounded=False)
        try:
            async with asyncio.timeout(_SAFE_LINE_SECONDS):
                await synthesize(
                    self.synthesizer,
                    Utterance(text, self.settings.language),
                    in_voice,
                    timeout=_SAFE_LINE_SECONDS,
                )
        except Exception as error:  # it will be tried again when it is needed
            logger.warning("the safe line could not be prepared: %s", type(error).__name__)
            return
        audio = []
        while isinstance(chunk := in_voice.chunks.get_nowait(), bytes):
            audio.append(chunk)
        self.safe_line = SafeLine(text, tuple(audio))

    async def _close(self) -> None:
        for provider in reversed(self._providers()):
            try:
                await provider.aclose()
            except Exception:  # one that cannot be closed must not keep the others open
                logger.warning("%s did not close cleanly", provider.kind, exc_info=True)
