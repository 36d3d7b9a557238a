"""What the recogniser and its worker process say to each other.

Down the worker's standard input go frames: one byte for what it is, four for its length, and the
content. Back come lines of JSON. Both sides import this module and nothing heavy comes with it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import IO, Literal, TypedDict

HEADER = struct.Struct(">cI")
HINTS, AUDIO, COMMIT, FINISH = b"H", b"A", b"C", b"F"


class Message(TypedDict, total=False):
    """One line from the worker; exactly one of these, `commit` beside `final`."""

    ready: bool
    unknown: list[str]
    partial: str
    final: str
    commit: bool
    error: str


class WorkerSettings(TypedDict):
    """What a worker is started with, as its only argument."""

    vocabulary: Literal["auto", "general", "phrases"]
    acoustic_model: str | None
    dictionary: str | None
    language_model: str | None


def frame(kind: bytes, content: bytes = b"") -> bytes:
    """Return one frame for the worker."""
    return HEADER.pack(kind, len(content)) + content


def read_frame(stream: IO[bytes]) -> tuple[bytes, bytes] | None:
    """Read one frame; None at the stream's end, even in mid-frame."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    kind, size = HEADER.unpack(header)
    content = stream.read(size)
    return (kind, content) if len(content) == size else None


def line(message: Mapping[str, object]) -> bytes:
    """Return one line for the recogniser."""
    return json.dumps(message, ensure_ascii=False).encode() + b"\n"
