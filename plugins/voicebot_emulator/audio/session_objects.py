"""The objects in the events of a session: the session itself, items, and an error."""

from __future__ import annotations

import time
from typing import Any

from voicebot_emulator.audio.models import invalid
from voicebot_emulator.audio.session_settings import RATE
from voicebot_emulator.http.refusals import Refusal

_LIFETIME = 3600
"""Seconds."""
_TURN_DETECTION = {
    "type": "server_vad",
    "threshold": 0.5,
    "prefix_padding_ms": 300,
    "silence_duration_ms": 200,
}


def session_of(session_id: str, given: Any) -> dict[str, Any]:
    """Return a session with its settings, those of a new session if `given` is None."""
    expires = round(time.time()) + _LIFETIME
    session = {"id": session_id, "object": "realtime.transcription_session", "expires_at": expires}
    if isinstance(given, dict):
        return session | given
    sound = {
        "format": {"type": "audio/pcm", "rate": RATE},
        "transcription": None,
        "noise_reduction": None,
        "turn_detection": _TURN_DETECTION,
    }
    return session | {"type": "transcription", "audio": {"input": sound}}


def item_of(item_id: str) -> dict[str, Any]:
    """Return the item that a commit becomes, before it is transcribed."""
    return {
        "id": item_id,
        "object": "realtime.item",
        "type": "message",
        "status": "completed",
        "role": "user",
        "content": [{"type": "input_audio", "transcript": None}],
    }


def too_short(seconds: float) -> Refusal:
    """Return the refusal of a commit of too little sound."""
    return invalid(
        "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer "
        f"only has {seconds * 1000:.2f}ms of audio.",
        "input_audio_buffer_commit_empty",
    )
