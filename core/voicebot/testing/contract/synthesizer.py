"""The contract of a Synthesizer."""

from __future__ import annotations

from typing import Any

from voicebot.interfaces import Synthesizer
from voicebot.testing.contract.provider import ProviderContract


class SynthesizerContract(ProviderContract[Synthesizer[Any]]):
    """What a Synthesizer keeps to."""
