"""The events of a session as plain data: the SDK's own event objects must not leave its threads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Connected:
    """The connection is open."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The connection was lost; the SDK tries to reconnect."""


@dataclass(frozen=True, slots=True)
class SpeechDetected:
    """The service has detected the start of speech."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """The words of the open segment so far."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words of a complete segment; `token` names the commit that it confirms, 0 for none."""

    text: str
    language: str | None
    token: int


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """The session is over; `code` is the SDK's error code if it failed."""

    code: str | None = None


SessionEvent: TypeAlias = Connected | Disconnected | SpeechDetected | Hypothesis | Phrase | SessionEnded


def _message_of(event: Any) -> dict[str, Any]:
    """Return the message of the service: the SDK cuts `result.text` off after 2,047 bytes."""
    message: dict[str, Any] = json.loads(event.result.json or "{}")
    return message


def read_hypothesis(event: Any) -> Hypothesis:
    """Convert an event of the signal `recognizing`."""
    return Hypothesis(_message_of(event).get("Text", ""))


def read_phrase(event: Any) -> Phrase:
    """Convert an event of the signal `recognized`; speech that was not understood has no text."""
    message = _message_of(event)
    text = message.get("DisplayText") or next((best["Display"] for best in message.get("NBest", ())), "")
    language = message.get("PrimaryLanguage", {}).get("Language")
    return Phrase(text, language, getattr(event.result, "commit_token", 0))


def read_end(event: Any) -> SessionEnded:
    """Convert an event of the signal `canceled`."""
    details = event.cancellation_details
    return SessionEnded(None if details.reason.name == "EndOfStream" else details.code.name)
