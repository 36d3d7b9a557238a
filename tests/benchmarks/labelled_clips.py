"""Recorded turns of speech with known pauses and a known end: a folder of WAV files and labels.json."""

from __future__ import annotations

import json
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RATE = 16_000
FRAME_SECONDS = 0.02
FRAME_BYTES = round(2 * RATE * FRAME_SECONDS)


@dataclass(frozen=True)
class Clip:
    """One turn; times are in seconds from the clip's beginning.

    `pauses` are the (start, end) of each pause within the turn, `speech_end` is where the turn really ends.
    """

    path: Path
    text: str
    source: str
    speech_end: float
    pauses: tuple[tuple[float, float], ...]

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    def sound(self) -> bytes:
        """Return the turn: 16 kHz, mono, s16le."""
        return read_sound(self.path)


def read_sound(path: Path) -> bytes:
    """Return the sound of a WAV file: 16 kHz, mono, s16le."""
    try:
        with wave.open(str(path)) as clip:
            if (clip.getframerate(), clip.getnchannels(), clip.getsampwidth()) != (RATE, 1, 2):
                raise SystemExit(f"{path}: clips must be 16 kHz, mono, 16 bit")
            return clip.readframes(clip.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise SystemExit(f"{path}: not a WAV file that can be read: {error}") from error


def frames(sound: bytes) -> list[bytes]:
    """Return sound as a microphone gives it, in frames of 20 ms."""
    return [
        sound[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\0") for at in range(0, len(sound), FRAME_BYTES)
    ]


def read_clips(folder: Path, sources: frozenset[str] = frozenset()) -> list[Clip]:
    """Return the clips of labels.json, of some sources only if any are named."""
    labels = folder / "labels.json"
    try:
        entries: list[dict[str, Any]] = json.loads(labels.read_text(encoding="utf-8"))
        clips = [
            Clip(
                path=folder / entry["file"],
                text=entry["text"],
                source=entry.get("source", ""),
                speech_end=float(entry["speech_end"]),
                pauses=tuple((float(pause["start"]), float(pause["end"])) for pause in entry["pauses"]),
            )
            for entry in entries
        ]
    except OSError as error:
        raise SystemExit(f"{labels}: {error.strerror}; it must list the clips of this folder") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SystemExit(
            f"{labels}: {type(error).__name__}: {error}; expected a list of objects with file, text, source, "
            "speech_end and pauses (a list of objects with start and end), times in seconds"
        ) from error
    known = {clip.source for clip in clips}
    if unknown := sources - known:
        raise SystemExit(
            f"{labels} has no source {', '.join(sorted(unknown))}; it has {', '.join(sorted(known))}"
        )
    return [clip for clip in clips if not sources or clip.source in sources]
