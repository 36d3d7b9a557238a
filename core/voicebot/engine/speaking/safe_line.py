"""The line that the bot says when a provider fails, synthesized before it is needed."""

from __future__ import annotations

import asyncio
import logging

from voicebot.engine.failures import as_provider_error
from voicebot.engine.speaking.synthesis.utterance import synthesize
from voicebot.errors import ProviderError
from voicebot.interfaces import Synthesizer
from voicebot.messages import Utterance
from voicebot.options import Options

logger = logging.getLogger(__name__)
_TIMEOUT = 5.0


class SafeLine:
    """A line of text, and its audio in the synthesizer's format once that is prepared."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.audio: tuple[bytes, ...] = ()

    async def prepare(self, synthesizer: Synthesizer[Options], language: str) -> None:
        """Synthesize the line; if that fails, it is tried again when the line is needed."""
        audio: list[bytes] = []

        async def keep(chunk: bytes) -> None:
            audio.append(chunk)

        try:
            async with asyncio.timeout(_TIMEOUT) as limit:
                await synthesize(
                    synthesizer,
                    Utterance(self.text, language),
                    timeout=_TIMEOUT,
                    sink=keep,
                    timing=lambda timing: None,
                    notice=lambda message: logger.warning("%s", message),
                )
        except Exception as error:  # a third-party synthesizer may raise anything
            reason = as_provider_error("the synthesizer broke", error)
            if limit.expired() and isinstance(error, TimeoutError):
                reason = ProviderError(f"the synthesizer took longer than {_TIMEOUT:g} s")
            logger.warning("the safe line could not be prepared: %s", reason)
            return
        self.audio = tuple(audio)
