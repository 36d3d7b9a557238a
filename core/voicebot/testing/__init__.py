"""Testing bots and plugins: a virtual clock, scripted providers, a scripted user; public API.

What a provider keeps to is in `voicebot.testing.contract`.
"""

from __future__ import annotations

from voicebot.testing.clock import Deadlock, VirtualClockLoop, simulated
from voicebot.testing.conversation import ScriptedUser, converse
from voicebot.testing.scripted import (
    Pause,
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedVoiceActivity,
)
from voicebot.testing.scripted_synthesizer import ScriptedSynthesizer

__all__ = [
    "Deadlock",
    "Pause",
    "ScriptedChatModel",
    "ScriptedRecognizer",
    "ScriptedSynthesizer",
    "ScriptedUser",
    "ScriptedVoiceActivity",
    "VirtualClockLoop",
    "converse",
    "simulated",
]
