"""The contract of each kind of provider, as a class of checks that pytest collects; public API.

The author of a plugin subclasses one and says how to make the provider::

    class TestMyVoice(SynthesizerContract):
        def make(self) -> MyVoice:
            return MyVoice(MyOptions())

Nothing here needs pytest: `voicebot check-plugin` runs the same checks.

The packages and modules, each importing only from those after it::

    runner                                            runs checks without pytest
    chat, recognizer, synthesizer, device, observer,  the checks of one kind of provider
      toolset, turn_detector, voice_activity
    provider                                          the checks of every provider
    check, watchdog                                   what a check is, and how a check that hangs is stopped
    relay                                             cuts the network between a provider and its service
    measurements, samples                             what is measured, and what providers are given
    failures, iteration                               how a check fails, and how it consumes events
"""

from __future__ import annotations

from typing import Any

from voicebot.testing.contract.chat.contract import ChatModelContract
from voicebot.testing.contract.device import AudioDeviceContract
from voicebot.testing.contract.observer import ObserverContract
from voicebot.testing.contract.provider.contract import ProviderContract
from voicebot.testing.contract.recognizer.contract import RecognizerContract
from voicebot.testing.contract.relay.relay import Relay, relayed
from voicebot.testing.contract.synthesizer.contract import SynthesizerContract
from voicebot.testing.contract.toolset.contract import ToolsetContract
from voicebot.testing.contract.turn_detector import TurnDetectorContract
from voicebot.testing.contract.voice_activity import VoiceActivityDetectorContract

CONTRACTS: dict[str, type[ProviderContract[Any]]] = {
    "recognizer": RecognizerContract,
    "chat": ChatModelContract,
    "synthesizer": SynthesizerContract,
    "device": AudioDeviceContract,
    "voice_activity": VoiceActivityDetectorContract,
    "turn_detector": TurnDetectorContract,
    "observer": ObserverContract,
    "toolset": ToolsetContract,
}
"""The contract of each kind of provider."""
__all__ = [
    "CONTRACTS",
    "AudioDeviceContract",
    "ChatModelContract",
    "ObserverContract",
    "ProviderContract",
    "RecognizerContract",
    "Relay",
    "SynthesizerContract",
    "ToolsetContract",
    "TurnDetectorContract",
    "VoiceActivityDetectorContract",
    "relayed",
]
