"""The stored form of an utterance: a line of JSON, then the audio, with a checksum over both.

Anything else is damaged, or was written by another version, and counts as missing.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field
from typing import Any

from voicebot import AudioChunk, SynthesisEvent, WordTiming

_FORMAT_VERSION = 1


@dataclass(slots=True)
class Recording:
    """The audio of one utterance (s16le) and its word timings."""

    audio: bytes
    timings: tuple[WordTiming, ...] = ()

    def encode(self) -> bytes:
        """Return the stored form."""
        timings = [(timing.offset, timing.length, timing.at) for timing in self.timings]
        header = json.dumps(
            {"layout": _FORMAT_VERSION, "bytes": len(self.audio), "timings": timings}
        ).encode()
        return b"%08x %s\n%s" % (_checksum(header, self.audio), header, self.audio)

    @classmethod
    def decode(cls, stored: bytes) -> Recording | None:
        """Return the recording in its stored form, None if that is damaged."""
        line, _, audio = stored.partition(b"\n")
        checksum, _, header = line.partition(b" ")
        try:
            if int(checksum, 16) != _checksum(header, audio):
                return None
            fields: dict[str, Any] = json.loads(header)
            if fields["layout"] != _FORMAT_VERSION or fields["bytes"] != len(audio):
                return None
            if not audio or len(audio) % 2:
                return None
            return cls(audio, tuple(WordTiming(*timing) for timing in fields["timings"]))
        except (ValueError, KeyError, TypeError):
            return None


@dataclass(slots=True)
class Recorder:
    """Records an utterance while it is spoken."""

    chunks: list[bytes] = field(default_factory=list)
    timings: list[WordTiming] = field(default_factory=list)

    def add(self, event: SynthesisEvent) -> None:
        """Record audio and word timings."""
        if isinstance(event, AudioChunk):
            self.chunks.append(event.audio)
        elif isinstance(event, WordTiming):
            self.timings.append(event)

    def recording(self) -> Recording | None:
        """Return the complete utterance, None if it has no audio."""
        audio = b"".join(self.chunks)
        return Recording(audio, tuple(self.timings)) if audio and len(audio) % 2 == 0 else None


def _checksum(header: bytes, audio: bytes) -> int:
    return zlib.crc32(audio, zlib.crc32(header))
