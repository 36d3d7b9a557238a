"""Tools for testing bots and plugins: a virtual clock, scripted providers and a scripted user; public API.

`voicebot.testing.contract` has the checks that every provider must pass.
"""

from __future__ import annotations

from voicebot.testing.clock import Deadlock, VirtualClockLoop, simulated
from voicebot.testing.conversation import ScriptedUser, converse
from voicebot.testing.requests import invalid
from voicebot.testing.scripted import (
    Pause,
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedVoiceActivity,
)
from voicebot.testing.scripted_synthesizer import ScriptedSynthesizer
from voicebot.testing.scripted_toolset import Ran, ScriptedToolset

__all__ = [
    "Deadlock",
    "Pause",
    "Ran",
    "ScriptedChatModel",
    "ScriptedRecognizer",
    "ScriptedSynthesizer",
    "ScriptedToolset",
    "ScriptedUser",
    "ScriptedVoiceActivity",
    "VirtualClockLoop",
    "converse",
    "invalid",
    "simulated",
]
