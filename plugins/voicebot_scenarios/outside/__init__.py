"""Providers that let the clock run while they are at work, each around one of its kind."""

from __future__ import annotations

from voicebot_scenarios.outside.providers import OutsideChatModel, OutsideToolset, OutsideTurnDetector
from voicebot_scenarios.outside.recognizer import OutsideRecognizer
from voicebot_scenarios.outside.synthesizer import OutsideSynthesizer

__all__ = [
    "OutsideChatModel",
    "OutsideRecognizer",
    "OutsideSynthesizer",
    "OutsideToolset",
    "OutsideTurnDetector",
]
