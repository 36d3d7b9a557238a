"""Messages in JSON, as most carriers send them, read with care."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from voicebot_serve.telephony.carrier import CarrierMessageError


def read(message: str | bytes) -> dict[str, Any]:
    """Return the object that a text message holds.

    Raises:
        CarrierMessageError: it is no text, no JSON or no object.
    """
    if not isinstance(message, str):
        raise CarrierMessageError("a binary message; this carrier sends JSON as text")
    try:
        parsed = json.loads(message)
    except (ValueError, RecursionError):
        raise CarrierMessageError("a message that is no JSON") from None
    if not isinstance(parsed, dict):
        raise CarrierMessageError("a message that is no JSON object")
    return parsed


def text(parsed: dict[str, Any], *path: str) -> str:
    """Return the text at a path of keys.

    Raises:
        CarrierMessageError: there is none.
    """
    value: Any = parsed
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, str):
        raise CarrierMessageError(f"a message without the text `{'.'.join(path)}`")
    return value


def texts(parsed: dict[str, Any], *path: str) -> dict[str, str]:
    """Return the texts of an object at a path of keys; none if there is no such object."""
    value: Any = parsed
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return {k: v for k, v in value.items() if isinstance(v, str)} if isinstance(value, dict) else {}


def sound(parsed: dict[str, Any], *path: str) -> bytes:
    """Return the bytes that are written in base64 at a path of keys.

    Raises:
        CarrierMessageError: there are none.
    """
    try:
        return base64.b64decode(text(parsed, *path), validate=True)
    except (binascii.Error, ValueError):
        raise CarrierMessageError(f"`{'.'.join(path)}` is not base64") from None


def base64_text(data: bytes) -> str:
    """Return bytes in base64."""
    return base64.b64encode(data).decode("ascii")
