"""The contract of a VoiceActivityDetector."""

from __future__ import annotations

from typing import Any

from voicebot.interfaces import VoiceActivityDetector
from voicebot.testing.contract.provider import ProviderContract


class VoiceActivityDetectorContract(ProviderContract[VoiceActivityDetector[Any]]):
    """What a VoiceActivityDetector keeps to."""
