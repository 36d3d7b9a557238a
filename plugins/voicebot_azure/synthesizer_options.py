"""What the `azure-tts` synthesizer can be configured with, checked before anything is sent anywhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from voicebot import Advice, Field
from voicebot_azure.account import SpeechAccount
from voicebot_azure.manner import Manner, advice_on


class AzureSynthesizerOptions(Manner, SpeechAccount):
    """Options of the `azure-tts` synthesizer."""

    sample_rate: Literal[8_000, 16_000, 22_050, 24_000, 44_100, 48_000] = 24_000
    """Samples a second; the voices are made for 24,000 and 48,000."""
    pool: int = Field(3, ge=1, le=32)
    """How many connections are kept ready; a conversation uses two, and more are made when needed."""
    first_sound_timeout: float = Field(3.0, gt=0, le=60)
    """Seconds to wait for the first sound of an utterance before asking once more."""
    sound_timeout: float = Field(10.0, gt=0, le=60)
    """Seconds that the sound may pause in the middle of an utterance."""

    def advice(self, language: str) -> Iterable[Advice]:
        """Return what is unwise about the account, and what the voice cannot do."""
        yield from super().advice(language)
        yield from advice_on(self, self.region, language)
