"""The formats of sound of the protocol, in base64."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Literal, TypeAlias

from voicebot import AudioFormat
from voicebot_serve.g711 import ALAW, FORMAT, G711, MULAW
from voicebot_serve.realtime.event import Event
from voicebot_serve.realtime.refusal import invalid

FormatName: TypeAlias = Literal["audio/pcm", "audio/pcmu", "audio/pcma"]


@dataclass(frozen=True, slots=True)
class SoundFormat:
    """A format on the wire.

    Args:
        name: its name in the protocol.
        sound: what it is, decoded.
        codec: how it is coded; None if it is not.
    """

    name: FormatName
    sound: AudioFormat
    codec: G711 | None = None

    def decode(self, text: str) -> bytes:
        """Return s16le sound.

        Raises:
            InvalidEvent: it is not base64, or not whole samples.
        """
        try:
            coded = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise invalid("Invalid 'audio'. Expected base64-encoded audio bytes.", "audio") from None
        if self.codec is not None:
            return self.codec.decode(coded)
        if len(coded) % 2:
            raise invalid("Invalid 'audio'. Expected whole 16-bit samples.", "audio")
        return coded

    def encode(self, sound: bytes) -> str:
        """Return s16le sound as it is on the wire."""
        coded = sound if self.codec is None else self.codec.encode(sound)
        return base64.b64encode(coded).decode("ascii")

    def as_object(self) -> Event:
        """Return how a session describes it."""
        return {"type": self.name, "rate": self.sound.rate} if self.codec is None else {"type": self.name}


PCM = SoundFormat("audio/pcm", AudioFormat(24_000))
FORMATS: dict[FormatName, SoundFormat] = {
    "audio/pcm": PCM,
    "audio/pcmu": SoundFormat("audio/pcmu", FORMAT, MULAW),
    "audio/pcma": SoundFormat("audio/pcma", FORMAT, ALAW),
}
