"""What the bot says when a provider fails, its sound made while all is well: the voice may be what fails."""

from __future__ import annotations

import asyncio
import logging

from voicebot.engine.heard import SpokenUnit
from voicebot.engine.voice import UnitInVoice, synthesize
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
        in_voice = UnitInVoice(SpokenUnit(self.text, self.text), bounded=False)
        try:
            async with asyncio.timeout(_SECONDS):
                await synthesize(synthesizer, Utterance(self.text, language), in_voice, timeout=_SECONDS)
        except Exception as error:  # a stranger's synthesizer may raise anything
            logger.warning("the safe line could not be prepared: %s", type(error).__name__)
            return
        audio = []
        while isinstance(chunk := await in_voice.chunks.get(), bytes):
            audio.append(chunk)
        self.audio = tuple(audio)
