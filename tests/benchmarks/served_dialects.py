"""What clients send and get in OpenAI's Realtime protocol, and in that of Pipecat's WebSocket transport."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Protocol

import numpy
from scripted_work import FRAME_SECONDS, HEARD_RATE, SPOKEN_RATE
from spoken_frames import spoken_frames

from voicebot import AudioFormat

_TURN = 3.0
"""Seconds that a client speaks, and then listens."""
_AUDIO, _INTERRUPTION = 2, 5
_SOUND, _RATE, _CHANNELS = 3, 4, 5
"""Numbers of fields in Pipecat's `frames.proto`, of a frame and of its audio."""
_SPOKEN = AudioFormat(SPOKEN_RATE)


class Dialect(Protocol):
    """The wire form of one server."""

    path: str

    def messages(self) -> list[str | bytes]:
        """Return what a client sends in a cycle of speech and silence, 20 ms each."""

    def seconds(self, message: str | bytes) -> float:
        """Return the seconds of the bot's sound in a message."""

    def ends(self, message: str | bytes) -> bool:
        """Return whether a message says that a response, if there was one, is over."""


class RealtimeDialect:
    """JSON and base64, 24 kHz both ways."""

    path = "/v1/realtime"

    def messages(self) -> list[str | bytes]:
        """See `Dialect`."""
        return list(messages())

    def seconds(self, message: str | bytes) -> float:
        """See `Dialect`."""
        text = str(message)  # without parsing what is not of interest
        if not text.startswith('{"type":"response.output_audio.delta"'):
            return 0.0
        return _SPOKEN.seconds_in(len(json.loads(text)["delta"]) * 3 // 4)

    def ends(self, message: str | bytes) -> bool:
        """See `Dialect`."""
        return str(message).startswith('{"type":"response.done"')


class PipecatDialect:
    """Protocol buffers as `ProtobufFrameSerializer` has them: 16 kHz to the server, 24 kHz back."""

    path = "/ws"

    def messages(self) -> list[str | bytes]:
        """See `Dialect`."""
        rate = bytes([_RATE << 3]) + _varint(HEARD_RATE)
        mono = bytes([_CHANNELS << 3, 1])
        return [_field(_AUDIO, _field(_SOUND, each) + rate + mono) for each in _frames(HEARD_RATE)]

    def seconds(self, message: str | bytes) -> float:
        """See `Dialect`."""
        if not isinstance(message, bytes):
            return 0.0
        return sum(
            _SPOKEN.seconds_in(len(sound))
            for number, audio in _fields(message)
            if number == _AUDIO
            for inner, sound in _fields(audio)
            if inner == _SOUND
        )

    def ends(self, message: str | bytes) -> bool:
        """See `Dialect`: when the user begins to speak, the last one is."""
        return isinstance(message, bytes) and message[0] >> 3 == _INTERRUPTION


def messages() -> list[str]:
    """Return what a client of the Realtime protocol sends in a cycle of speech and silence, 20 ms each."""
    coded = (base64.b64encode(frame).decode() for frame in _frames(SPOKEN_RATE))
    return [json.dumps({"type": "input_audio_buffer.append", "audio": each}) for each in coded]


def _frames(rate: int) -> list[bytes]:
    """Return speech, and as much silence, at a rate in Hz."""
    speech = numpy.frombuffer(b"".join(spoken_frames(_TURN)), "<i2").astype("f4")
    at = numpy.arange(round(_TURN * rate)) * (len(speech) / (_TURN * rate))
    sound = numpy.interp(at, numpy.arange(len(speech)), speech).astype("<i2").tobytes()
    sound, size = sound + bytes(len(sound)), AudioFormat(rate).bytes_in(FRAME_SECONDS)
    return [sound[start : start + size] for start in range(0, len(sound), size)]


def _varint(value: int) -> bytes:
    low = bytes([value & 0x7F])
    return low if value < 0x80 else bytes([low[0] | 0x80]) + _varint(value >> 7)


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the fields of a message that have contents; pass over numbers."""
    at = 0
    while at < len(message):
        tag, at = message[at], at + 1
        value, at = _number(message, at)
        if tag & 7 == 2:
            yield tag >> 3, message[at : at + value]
            at += value


def _number(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (message[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if message[at - 1] < 0x80:
            return value, at
