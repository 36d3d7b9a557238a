"""What a session of the Speech SDK tells, as plain data: the SDK's own events must not leave its threads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Connected:
    """There is a connection."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The connection is lost; the SDK tries to get another."""


@dataclass(frozen=True, slots=True)
class SpeechHeard:
    """The service hears speech."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What the segment sounds like so far."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """A segment is over."""

    text: str
    language: str | None
    token: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The session is over; `code` names the reason if it is an error's."""

    code: str | None = None


News: TypeAlias = Connected | Disconnected | SpeechHeard | Hypothesis | Phrase | Ended


def _body(event: Any) -> dict[str, Any]:
    """Return what the service said, since `result.text` of the SDK ends after 2,047 bytes."""
    body: dict[str, Any] = json.loads(event.result.json or "{}")
    return body


def hypothesis_of(event: Any) -> Hypothesis:
    """Read an event of `recognizing`."""
    return Hypothesis(_body(event).get("Text", ""))


def phrase_of(event: Any) -> Phrase:
    """Read an event of `recognized`; what was not understood has no text."""
    body = _body(event)
    text = body.get("DisplayText") or next((best["Display"] for best in body.get("NBest", ())), "")
    language = body.get("PrimaryLanguage", {}).get("Language")
    return Phrase(text, language, getattr(event.result, "commit_token", 0))


def ended_of(event: Any) -> Ended:
    """Read an event of `canceled`."""
    details = event.cancellation_details
    return Ended(None if details.reason.name == "EndOfStream" else details.code.name)
