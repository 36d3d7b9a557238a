"""What the bot says when a provider fails, its sound made while all is well: the voice may be what fails."""

from __future__ import annotations

import asyncio
import logging

from voicebot.engine.failures import as_provider_error
from voicebot.engine.speaking.synthesis.synthesis_queue import synthesize
from voicebot.errors import ProviderError
from voicebot.interfaces import Synthesizer
from voicebot.messages import Utterance
from voicebot.options import Options

logger = logging.getLogger(__name__)
_SECONDS = 5.0


class SafeLine:
    """A line of text, and its sound in the synthesizer's format once that is prepared."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.audio: tuple[bytes, ...] = ()

    async def prepare(self, synthesizer: Synthesizer[Options], language: str) -> None:
        """Make the sound; where that fails, it is left to be tried again when it is needed."""
        audio: list[bytes] = []

        async def keep(sound: bytes) -> None:
            audio.append(sound)

        try:
            async with asyncio.timeout(_SECONDS) as limit:
                await synthesize(
                    synthesizer,
                    Utterance(self.text, language),
                    timeout=_SECONDS,
                    sound=keep,
                    timing=lambda timing: None,
                    noticed=lambda message: logger.warning("%s", message),
                )
        except Exception as error:  # a stranger's synthesizer may raise anything
            reason = as_provider_error("the synthesizer broke", error)
            if limit.expired() and isinstance(error, TimeoutError):
                reason = ProviderError(f"the synthesizer took longer than {_SECONDS:g} s")
            logger.warning("the safe line could not be prepared: %s", reason)
            return
        self.audio = tuple(audio)
