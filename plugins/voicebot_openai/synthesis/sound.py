"""Reading the sound that a server sends: PCM, or a WAV file in its place; everything else is explained."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voicebot import AudioFormat, Resampler
from voicebot_openai.errors.failures import RequestFailure, failure, quote
from voicebot_openai.errors.remedies import SOON
from voicebot_openai.server import Connection

if TYPE_CHECKING:
    import httpx2

_ENOUGH = 12
"""Bytes that tell what the sound is."""
_LONGEST_HEADER = 65_536
_COMPRESSED = {b"ID3": "MP3", b"OggS": "Ogg", b"fLaC": "FLAC", b"\xff\xf1": "AAC", b"\xff\xf9": "AAC"}
_COMPRESSED |= {bytes((0xFF, second)): "MP3" for second in (0xFA, 0xFB, 0xF2, 0xF3)}
_COMPRESSED_TYPES = {"mpeg": "MP3", "mp3": "MP3", "ogg": "Ogg", "opus": "Opus", "flac": "FLAC", "aac": "AAC"}
_RATE = re.compile(r"\brate=(\d{4,6})\b")
_PCM = 1
_UNKNOWN_SIZE = 0x7FFF0000
"""Sizes from here on stand for a file that is still being written."""


async def read_sound(
    response: httpx2.Response, options: Connection, output: AudioFormat
) -> AsyncGenerator[bytes, None]:
    """Yield the sound of a response in whole samples, each piece as soon as it has arrived.

    Raises:
        RequestFailure: there is no sound, or it is of another kind.
    """
    kind = response.headers.get("content-type", "").lower()
    beginning = half = b""
    left: int | None = None
    resampler: Resampler | None = None
    async with aclosing(_bytes(response)) as body:
        async for data in body:
            if resampler is None:
                beginning += data
                if (found := _find_sound(beginning, kind, options)) is None:
                    continue
                resampler = Resampler(AudioFormat(found.rate or output.rate), output)
                left = found.size
                more = beginning[found.start :]
            else:
                more = data
            if left is not None:  # what follows the sound in a file is not sound
                more = more[:left]
                left -= len(more)
            received = half + more
            whole = len(received) // 2 * 2
            half = received[whole:]
            if audio := resampler.write(received[:whole]):
                yield audio
    if resampler is None:
        if beginning:
            _check(beginning, kind, options)
        raise failure(options, "answered without sound", retryable=True, retry_after=SOON)
    if rest := resampler.flush():
        yield rest


async def _bytes(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    async for data in response.aiter_bytes():
        yield data


@dataclass(frozen=True, slots=True)
class _Found:
    """Where sound begins in a body, in bytes; its rate and size, if they are known."""

    start: int
    rate: int | None = None
    size: int | None = None


def _find_sound(beginning: bytes, kind: str, options: Connection) -> _Found | None:
    """Return where the sound begins; None if more is needed to tell.

    Raises:
        RequestFailure: it is neither PCM nor a WAV file.
    """
    if len(beginning) < _ENOUGH:
        return None
    _check(beginning, kind, options)
    if beginning.startswith(b"RIFF"):
        return _read_wave(beginning, options)
    found = _RATE.search(kind)  # such as `audio/pcm;rate=22050`
    return _Found(0, int(found[1]) if found else None)


def _check(beginning: bytes, kind: str, options: Connection) -> None:
    """Raise `RequestFailure` if a body is neither PCM nor a WAV file."""
    first = beginning.lstrip()[:1]
    if _is_text(beginning) and (kind.startswith(("application/json", "text/")) or first in b"<{["):
        if first == b"<":
            hint = "check `endpoint`" if options.is_azure else "`base_url` usually ends in /v1"
            raise failure(options, f"answered with a web page instead of sound; {hint}")
        raise _text_failure(beginning, options)
    name = next((name for sign, name in _COMPRESSED.items() if beginning.startswith(sign)), "")
    subtype = kind.partition(";")[0].removeprefix("audio/").removeprefix("x-").strip()
    if name := name or _COMPRESSED_TYPES.get(subtype, ""):
        raise failure(
            options,
            f"answered with {name} instead of PCM: it ignores `response_format`; use a server or a model "
            "that can send pcm or wav",
        )


def _is_text(beginning: bytes) -> bool:
    text = beginning.decode("utf-8", "ignore")
    return len(text.encode()) > len(beginning) - 4 and all(c.isprintable() or c.isspace() for c in text)


def _text_failure(beginning: bytes, options: Connection) -> RequestFailure:
    try:
        body = json.loads(beginning)
    except ValueError:
        body = beginning.decode("utf-8", "replace")
    return failure(options, f"answered with text instead of sound{quote(body, options)}", retryable=True)


def _read_wave(beginning: bytes, options: Connection) -> _Found | None:
    """Return where the sound of a WAV file begins; None if more is needed to tell."""
    at, rate = 12, 0
    while at + 8 <= len(beginning):
        name, size = struct.unpack_from("<4sI", beginning, at)
        at += 8
        if name == b"data" and rate:
            return _Found(at, rate, size if 0 < size < _UNKNOWN_SIZE else None)
        if name == b"fmt " and at + 16 <= len(beginning):
            form, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", beginning, at)
            if form not in (_PCM, 0xFFFE) or channels != 1 or bits != 16 or not 8_000 <= rate <= 192_000:
                raise failure(
                    options,
                    f"answered with a WAV file of {channels} channels, {bits} bits and {rate} Hz; only mono "
                    "PCM of 16 bits can be played",
                )
        at += size + size % 2
    if len(beginning) > _LONGEST_HEADER:
        raise failure(options, "answered with a WAV file without sound")
    return None
