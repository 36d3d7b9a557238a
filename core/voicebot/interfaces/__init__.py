"""What plugins implement: the three main interfaces (speech to text, chat, text to speech) and five more.

A provider is made from its options, started once and shared by all conversations of a bot. It turns every
foreign exception into a `ProviderError`. It is stopped by cancellation.
"""

from __future__ import annotations

from voicebot.interfaces.audio_device import AudioDevice, AudioStream
from voicebot.interfaces.chat_model import ChatModel
from voicebot.interfaces.detectors import TurnDetector, VoiceActivity, VoiceActivityDetector
from voicebot.interfaces.model_store import ModelStore, StoredModel
from voicebot.interfaces.observer import Observer
from voicebot.interfaces.provider import Provider
from voicebot.interfaces.recognizer import Recognition, Recognizer
from voicebot.interfaces.synthesizer import SpeechStream, Synthesizer
from voicebot.interfaces.toolset import ToolCaller, Toolset

__all__ = [
    "AudioDevice",
    "AudioStream",
    "ChatModel",
    "ModelStore",
    "Observer",
    "Provider",
    "Recognition",
    "Recognizer",
    "SpeechStream",
    "StoredModel",
    "Synthesizer",
    "ToolCaller",
    "Toolset",
    "TurnDetector",
    "VoiceActivity",
    "VoiceActivityDetector",
]
