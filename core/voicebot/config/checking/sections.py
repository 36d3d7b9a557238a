"""The sections that a config may have, and suggestions for unknown ones."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from itertools import islice

from voicebot.config.checking import field_types
from voicebot.config.checking.validation_errors import MAX_PROBLEMS
from voicebot.config.reading.extends import KEY as EXTENDS
from voicebot.config.reading.tree import COMMAND_LINE, Entry, Section
from voicebot.config.schema import Settings
from voicebot.config.suggestions import did_you_mean, joined, nearest
from voicebot.plugin.registry import LISTED, SELECTED_ONCE

_SECTIONS = (EXTENDS, *SELECTED_ONCE, *LISTED.values(), *field_types.fields(Settings))
_OTHER_NAMES = {
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
"""What other projects call the sections; by spelling alone, `voice` would suggest `device`."""


def unknown_sections(entries: Iterable[str], of_plugins: Container[str] = ()) -> list[str]:
    """Return the keys that are not sections; the first ones if there are very many.

    Args:
        of_plugins: the names of the sections that plugins add.
    """
    unknown = (key for key in entries if key not in _SECTIONS and key not in of_plugins)
    return list(islice(unknown, MAX_PROBLEMS))


def suggestion(
    key: str, entry: Entry, options: Mapping[str, Iterable[str]], of_plugins: Collection[str] = ()
) -> str:
    """Return a suggestion for an unknown section, which may be a setting on too high a level.

    Args:
        options: the options of the selected providers, by section.
        of_plugins: the names of the sections that plugins add.
    """
    known = field_types.fields(Settings)
    for section, info in known.items():
        for model in field_types.models(field_types.members(info.annotation)):
            if key in field_types.fields(model):
                return f"; '{key}' belongs in the section '{section}'"
    owners = [section for section, names in options.items() if key in names]
    if owners and not (isinstance(entry.node, Section) and key.lower() in _OTHER_NAMES):
        sections = joined((f"'{owner}'" for owner in owners), "or")
        belongs = f"; '{key}' belongs in the section {sections}"
        if entry.place.file != COMMAND_LINE:
            return belongs
        return f"{belongs}; did you mean {joined((f'{owner}.{key}' for owner in owners), 'or')}?"
    return did_you_mean(_our_name(key), (*_SECTIONS, *of_plugins))


def _our_name(key: str) -> str:
    return _OTHER_NAMES.get(key.lower(), key)


def is_misspelling(key: str, kind: str) -> bool:
    """Return whether a key is probably a misspelling of the section of a kind."""
    return nearest(_our_name(key), _SECTIONS) == kind
