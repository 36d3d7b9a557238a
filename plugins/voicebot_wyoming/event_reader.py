"""Reading events within limits, since a server may be broken, hostile, or not a Wyoming server at all.

The function of the distribution `wyoming` reads as many bytes as a header names, and takes a malformed event
for the end of the connection.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from voicebot_wyoming.failures import shown

if TYPE_CHECKING:
    from wyoming.event import Event

LONGEST_HEADER = 256 * 1024
"""Bytes of a header; servers of old versions write the data of an event into it."""
LONGEST_DATA = 1024 * 1024
"""Bytes of an event's data; the list of all of piper's voices has some 60,000."""
LONGEST_PAYLOAD = 16 * 1024 * 1024
"""Bytes of an event's payload; some servers send the sound of an utterance in one piece."""


class MalformedEvent(Exception):
    """What was received is not an event; the text says what is wrong with it."""


async def read_event(reader: asyncio.StreamReader) -> Event | None:
    """Read the next event; return None at the end of the connection.

    Raises:
        MalformedEvent: it is not an event, or larger than any should be.
        asyncio.IncompleteReadError: the connection ended within an event.
        OSError: the connection was lost.
    """
    from wyoming.event import Event

    try:
        line = await reader.readuntil(b"\n")
    except asyncio.LimitOverrunError:
        raise MalformedEvent(f"it sent more than {LONGEST_HEADER:,} bytes without a line break") from None
    except asyncio.IncompleteReadError as error:
        if not error.partial:
            return None
        if not error.partial.startswith(b"{"):  # not even the beginning of an event
            _object(error.partial)
        raise
    header = _object(line)
    kind = header.get("type")
    if not isinstance(kind, str):
        raise MalformedEvent("it sent a header without a type")
    data = header.get("data") or {}
    if not isinstance(data, dict):
        raise MalformedEvent(f"the data of its event {shown(kind)!r} are not an object")
    if size := _size(header, "data_length", LONGEST_DATA):
        data |= _object(await reader.readexactly(size))
    payload = None
    if size := _size(header, "payload_length", LONGEST_PAYLOAD):
        payload = await reader.readexactly(size)
    return Event(kind, data, payload)


def _object(text: bytes) -> dict[str, Any]:
    if text.startswith(b"HTTP/"):
        raise MalformedEvent("it is an HTTP server")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise MalformedEvent(f"it sent {shown(text[:40].decode(errors='replace'))!r}")
    return value


def _size(header: dict[str, Any], name: str, most: int) -> int:
    size = header.get(name) or 0
    if not isinstance(size, int) or not 0 <= size <= most:
        raise MalformedEvent(f"it sent an event with a {name} of {shown(size)}, of at most {most:,}")
    return size
