"""Speech servers that speak the Wyoming protocol, such as those of Home Assistant, as recogniser and voice.

Such a server runs on this machine or elsewhere in the network, and is found by its address. The distribution
`wyoming` defines the protocol's events; it is imported when a provider starts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl
from voicebot_wyoming.sdk import EXTRA

if TYPE_CHECKING:
    from voicebot import Registry

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the recogniser and the synthesizer, both called `wyoming`."""
    registry.add(
        "wyoming",
        "voicebot_wyoming.recognition.recognizer:WyomingRecognizer",
        "voicebot_wyoming.recognition.options:WyomingRecognizerOptions",
        kind="recognizer",
        requires={"wyoming": EXTRA},
    )
    registry.add(
        "wyoming",
        "voicebot_wyoming.synthesis.synthesizer:WyomingSynthesizer",
        "voicebot_wyoming.synthesis.options:WyomingSynthesizerOptions",
        kind="synthesizer",
        requires={"wyoming": EXTRA},
    )
