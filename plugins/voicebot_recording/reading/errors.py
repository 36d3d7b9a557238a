"""Why a recording cannot be read."""

from __future__ import annotations

from voicebot import VoicebotError


class RecordingError(VoicebotError):
    """A folder is no recording that can be read; the message says why, in one line."""


def reason(error: Exception) -> str:
    """Return why something cannot be read, in one line."""
    return " ".join(str(getattr(error, "strerror", None) or error).split())
