"""The voices of openai.com and Azure OpenAI, and reading the lists of other servers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from voicebot import VoiceDescription

_OLDER = ("alloy", "ash", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer")
_NEWER = ("ballad", "cedar", "marin", "verse")
"""Not for `tts-1`."""
_NAME_KEYS = ("id", "voice_id", "name", "voice")


def voices_of(model: str) -> Sequence[VoiceDescription]:
    """Return the built-in voices of a model; they are made for English, and speak other languages too."""
    names = _OLDER if model.startswith("tts-1") else sorted((*_OLDER, *_NEWER))
    return [VoiceDescription(name, ("en",)) for name in names]


def read_voices(body: Any) -> Sequence[VoiceDescription]:
    """Read a server's list of voices, in any of the usual forms; none if it is not such a list."""
    for key in ("voices", "data"):
        if isinstance(body, dict) and key in body:
            body = body[key]
    found: dict[str, VoiceDescription] = {}
    for entry in body if isinstance(body, list) else ():
        fields = entry if isinstance(entry, dict) else {"id": entry}
        name = next((fields[key] for key in _NAME_KEYS if isinstance(fields.get(key), str)), "")
        language = fields.get("language") or fields.get("lang")
        if name:
            found.setdefault(
                name, VoiceDescription(name, (language,) if isinstance(language, str) and language else ())
            )
    return list(found.values())
