"""What observers with `details` receive: sound, and what providers were asked and answered.

Each provider of a conversation is wrapped in one of its kind that publishes what passes. Until an observer
asks for details, nothing is wrapped.
"""

from __future__ import annotations

from voicebot.engine.taps.sound import SoundTap
from voicebot.engine.taps.tap import Tap
from voicebot.engine.taps.wrapping import tapped

__all__ = ["SoundTap", "Tap", "tapped"]
