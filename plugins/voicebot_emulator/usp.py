"""The messages of Azure Speech's websocket protocol (USP): headers and a body, as text or as bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TICKS = 10_000_000
"""Ticks of 100 ns in a second: the unit of all offsets and durations."""


@dataclass(frozen=True, slots=True)
class UspMessage:
    """One message; header names are in lower case, and `body` is text or, for sound, bytes."""

    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | bytes = ""

    @property
    def path(self) -> str:
        """The kind of message, such as `speech.config`."""
        return self.headers.get("path", "").lower()

    @property
    def request_id(self) -> str:
        """The turn it belongs to; empty if it belongs to the connection."""
        return self.headers.get("x-requestid", "")

    def json(self) -> dict[str, Any]:
        """Return the body's JSON object, empty for an empty body.

        Raises:
            ValueError: the body is not a JSON object.
        """
        try:
            document = json.loads(self.body) if self.body else {}
        except RecursionError:
            raise ValueError("the JSON is nested too deeply") from None
        if not isinstance(document, dict):
            raise ValueError("the JSON is not an object")
        return document


def decode(data: str | bytes) -> UspMessage:
    """Read a message from a websocket frame.

    Raises:
        ValueError: the frame is not a message.
    """
    if isinstance(data, str):
        head, separator, text = data.partition("\r\n\r\n")
        if not separator:
            raise ValueError("a text message without an empty line after its headers")
        return UspMessage(_headers(head), text)
    size = int.from_bytes(data[:2], "big")
    if len(data) < 2 + size:
        raise ValueError("a binary message that is shorter than its headers")
    return UspMessage(_headers(data[2 : 2 + size].decode()), data[2 + size :])


def text_message(path: str, request_id: str, body: object) -> str:
    """Return a message of the service with a JSON body."""
    head = f"X-RequestId:{request_id}\r\nContent-Type:application/json; charset=utf-8\r\nPath:{path}\r\n\r\n"
    return head + json.dumps(body, ensure_ascii=False)


def audio_message(request_id: str, stream_id: str, audio: bytes) -> bytes:
    """Return a message of the service with sound; empty sound ends the stream."""
    kind = "Content-Type:audio/x-wav\r\n" if audio else ""
    head = f"X-RequestId:{request_id}\r\n{kind}X-StreamId:{stream_id}\r\nPath:audio\r\n".encode()
    return len(head).to_bytes(2, "big") + head + audio


def _headers(text: str) -> dict[str, str]:
    headers = {}
    for line in text.split("\r\n"):
        if line:
            name, colon, value = line.partition(":")
            if not colon:
                raise ValueError("a header without a colon")
            headers[name.strip().lower()] = value.strip()
    return headers
