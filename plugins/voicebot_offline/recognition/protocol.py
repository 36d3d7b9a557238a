"""The protocol between the recogniser and its worker process.

The worker's standard input takes frames: one byte for the kind, four for the length, and the content. Its
output is lines of JSON. Both sides import this module, which imports nothing heavy.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import IO, Literal, TypedDict

HEADER = struct.Struct(">cI")
HINTS, AUDIO, COMMIT, FINISH = b"H", b"A", b"C", b"F"


class Message(TypedDict, total=False):
    """One line from the worker: one of these keys, or `final` and `commit`."""

    ready: bool
    unknown: list[str]
    partial: str
    final: str
    commit: bool
    error: str


class WorkerSettings(TypedDict):
    """The worker's settings, passed as an argument."""

    vocabulary: Literal["auto", "general", "phrases"]
    acoustic_model: str | None
    dictionary: str | None
    language_model: str | None


def frame(kind: bytes, content: bytes = b"") -> bytes:
    """Return one frame for the worker."""
    return HEADER.pack(kind, len(content)) + content


def read_frame(stream: IO[bytes]) -> tuple[bytes, bytes] | None:
    """Read one frame; None at the end of the stream, even within a frame."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    kind, size = HEADER.unpack(header)
    content = stream.read(size)
    return (kind, content) if len(content) == size else None


def line(message: Mapping[str, object]) -> bytes:
    """Return one line for the recogniser."""
    return json.dumps(message, ensure_ascii=False).encode() + b"\n"
