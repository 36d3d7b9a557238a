"""Taking the bot's own voice out of what the microphone hears, with WebRTC's audio processing."""

from __future__ import annotations

from typing import Any

from voicebot.audio import AudioFormat
from voicebot.errors import ProviderError

BLOCK = 0.01
"""Seconds of sound that are processed at a time."""


def load() -> None:
    """Import what cancels echo; takes a quarter of a second, once.

    Raises:
        ProviderError: it is not there, or does not run on this machine.
    """
    try:
        from livekit import rtc  # noqa: F401
    except (ImportError, OSError) as error:
        raise ProviderError(
            f"echo: cancel cannot be had: {error}; pip install 'voicebot[aec]', or use `echo: mute`"
        ) from error


class Canceller:
    """Learns what the room makes of what is played, and takes that away.

    It finds by itself how late the echo is, within half a second of speech.

    Args:
        microphone: format of what is heard.
        speaker: format of what is played.
    """

    def __init__(self, microphone: AudioFormat, speaker: AudioFormat) -> None:
        from livekit import rtc

        self._microphone = microphone
        self._speaker = speaker
        self._frame = rtc.AudioFrame
        self._processing = rtc.AudioProcessingModule(
            echo_cancellation=True, noise_suppression=True, high_pass_filter=True
        )

    def hear(self, heard: bytes, played: bytes) -> bytes:
        """Return 10 ms of what is heard without the echo of what was played, 10 ms of it now."""
        self._processing.process_reverse_stream(self._framed(played, self._speaker))
        frame = self._framed(heard, self._microphone)
        self._processing.process_stream(frame)
        return bytes(frame.data)

    def _framed(self, audio: bytes, sound: AudioFormat) -> Any:
        return self._frame(audio, sound.rate, 1, len(audio) // 2)
