"""The sections that a config may have, and what to say of one that it may not."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from voicebot.config import fieldtypes
from voicebot.config.complaints import MOST
from voicebot.config.inherit import KEY as EXTENDS
from voicebot.config.schema import Settings
from voicebot.config.words import did_you_mean, nearest
from voicebot.plugin.registry import LISTED, SELECTED_ONCE

_SECTIONS = (EXTENDS, *SELECTED_ONCE, *LISTED.values(), *fieldtypes.fields(Settings))
_EVERYDAY = {
    "asr": "recognizer",
    "ears": "recognizer",
    "llm": "chat",
    "microphone": "device",
    "model": "chat",
    "speaker": "device",
    "stt": "recognizer",
    "tts": "synthesizer",
    "endpointing": "turn_detector",
    "eot": "turn_detector",
    "vad": "voice_activity",
    "voice": "synthesizer",
    "instructions": "system",
    "persona": "system",
    "personality": "system",
    "prompt": "system",
    "role": "system",
    "system_message": "system",
    "system_prompt": "system",
    "hello": "greeting",
    "welcome": "greeting",
    "first_message": "greeting",
}
"""What the sections are called elsewhere; by their letters alone, `voice` would be near `device`."""


def strange(entries: Iterable[str]) -> list[str]:
    """Return the keys that are no sections, the first of them if there are very many."""
    return list(islice((key for key in entries if key not in _SECTIONS), MOST))


def meant(key: str) -> str:
    """Return a suggestion for an unknown section; a setting one level too high is told its section."""
    known = fieldtypes.fields(Settings)
    for section, info in known.items():
        for model in fieldtypes.models(fieldtypes.members(info.annotation)):
            if key in fieldtypes.fields(model):
                return f"; '{key}' belongs into the section '{section}'"
    return did_you_mean(_in_our_words(key), _SECTIONS)


def _in_our_words(key: str) -> str:
    return _EVERYDAY.get(key.lower(), key)


def misspelt(key: str, kind: str) -> bool:
    """Return whether a key is probably meant to be the section of a kind, which then is not missing too."""
    return nearest(_in_our_words(key), _SECTIONS) == kind
