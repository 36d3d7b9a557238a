"""The contract of a TurnDetector."""

from __future__ import annotations

from typing import Any

from voicebot.interfaces import TurnDetector
from voicebot.testing.contract.provider import ProviderContract


class TurnDetectorContract(ProviderContract[TurnDetector[Any]]):
    """What a TurnDetector keeps to."""
