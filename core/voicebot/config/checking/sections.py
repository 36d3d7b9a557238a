"""The sections that a config may have, and what to say of one that it may not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from voicebot.config.checking import field_types
from voicebot.config.checking.validation_errors import MOST
from voicebot.config.reading.extends import KEY as EXTENDS
from voicebot.config.reading.tree import COMMAND_LINE, Entry, Section
from voicebot.config.schema import Settings
from voicebot.config.words import did_you_mean, listed, nearest
from voicebot.plugin.registry import LISTED, SELECTED_ONCE

_SECTIONS = (EXTENDS, *SELECTED_ONCE, *LISTED.values(), *field_types.fields(Settings))
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


def meant(key: str, entry: Entry, options: Mapping[str, Iterable[str]]) -> str:
    """Return a suggestion for an unknown section; a setting one level too high is told its section.

    Args:
        options: the options of the providers that are selected, by section.
    """
    known = field_types.fields(Settings)
    for section, info in known.items():
        for model in field_types.models(field_types.members(info.annotation)):
            if key in field_types.fields(model):
                return f"; '{key}' belongs into the section '{section}'"
    owners = [section for section, names in options.items() if key in names]
    if owners and not (isinstance(entry.node, Section) and key.lower() in _EVERYDAY):
        sections = listed((f"'{owner}'" for owner in owners), "or")
        belongs = f"; '{key}' belongs into the section {sections}"
        if entry.place.file != COMMAND_LINE:
            return belongs
        return f"{belongs}; did you mean {listed((f'{owner}.{key}' for owner in owners), 'or')}?"
    return did_you_mean(_in_our_words(key), _SECTIONS)


def _in_our_words(key: str) -> str:
    return _EVERYDAY.get(key.lower(), key)


def misspelt(key: str, kind: str) -> bool:
    """Return whether a key is probably meant to be the section of a kind, which then is not missing too."""
    return nearest(_in_our_words(key), _SECTIONS) == kind
