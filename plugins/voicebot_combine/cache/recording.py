"""What a stored utterance looks like: a line of JSON about it, then its sound, with a checksum over both.

Whatever is not exactly that was damaged, or written by another version, and counts as not there.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field
from typing import Any

from voicebot import AudioChunk, SynthesisEvent, WordTiming

_LAYOUT = 1


@dataclass(slots=True)
class Recorded:
    """The sound of one utterance (s16le) and when its words begin."""

    audio: bytes
    timings: tuple[WordTiming, ...] = ()

    def encoded(self) -> bytes:
        """Return it as stored."""
        timings = [(timing.offset, timing.length, timing.at) for timing in self.timings]
        about = json.dumps({"layout": _LAYOUT, "bytes": len(self.audio), "timings": timings}).encode()
        return b"%08x %s\n%s" % (_checksum(about, self.audio), about, self.audio)

    @classmethod
    def decoded(cls, stored: bytes) -> Recorded | None:
        """Return what was stored, None if it is damaged."""
        line, _, audio = stored.partition(b"\n")
        checksum, _, about = line.partition(b" ")
        try:
            if int(checksum, 16) != _checksum(about, audio):
                return None
            told: dict[str, Any] = json.loads(about)
            if told["layout"] != _LAYOUT or told["bytes"] != len(audio) or not audio or len(audio) % 2:
                return None
            return cls(audio, tuple(WordTiming(*timing) for timing in told["timings"]))
        except (ValueError, KeyError, TypeError):
            return None


@dataclass(slots=True)
class Recording:
    """Takes down an utterance while it is spoken."""

    chunks: list[bytes] = field(default_factory=list)
    timings: list[WordTiming] = field(default_factory=list)

    def take(self, event: SynthesisEvent) -> None:
        """Take down what belongs to the sound."""
        if isinstance(event, AudioChunk):
            self.chunks.append(event.audio)
        elif isinstance(event, WordTiming):
            self.timings.append(event)

    def whole(self) -> Recorded | None:
        """Return the utterance, which is complete; None if there is no sound in it."""
        audio = b"".join(self.chunks)
        return Recorded(audio, tuple(self.timings)) if audio and len(audio) % 2 == 0 else None


def _checksum(about: bytes, audio: bytes) -> int:
    return zlib.crc32(audio, zlib.crc32(about))
