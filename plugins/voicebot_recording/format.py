"""The event log of a recording: one JSON object a line, each of which is an event or a part of one.

An object is one of the dataclasses of voicebot's public API: `type` is its name, the other keys are its
fields. Fields that have their default are left out.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeAlias, get_args

import voicebot

VERSION = 1
"""Version of the format. One that older readers would misunderstand has a higher number."""
EVENTS, SOUND, CONFIG = "events.jsonl", "sound.flac", "config.yaml"
HEADER, FRAMES = "Recording", "SoundFrames"
"""The types of two lines that are no events: the first line, and where sound is."""
CONFIG_KEY = "config"
"""A key of the line of a `ConfigChanged`: the file with the config from then on."""
SAME = "same"
"""A key of a chat request: how many of its messages are those that the request before began with."""
Json: TypeAlias = Any
_DIGITS = 6
"""Of seconds: microseconds."""
_RAW = frozenset(("parameters",))
"""Fields that hold JSON."""
_PARTS = (
    voicebot.ConversationEvent,
    voicebot.ConversationDetail,
    voicebot.RecognitionEvent,
    voicebot.ChatEvent,
    voicebot.SynthesisEvent,
    voicebot.TurnControl,
)
_OTHERS = (
    voicebot.AudioFormat,
    voicebot.ChatRequest,
    voicebot.Hints,
    voicebot.Message,
    voicebot.StreamedUtterance,
    voicebot.Tool,
    voicebot.TurnSoFar,
    voicebot.TypedLine,
    voicebot.Usage,
    voicebot.Utterance,
)
TYPES: Mapping[str, type[Any]] = {
    each.__name__: each for each in (*(one for union in _PARTS for one in get_args(union)), *_OTHERS)
}
"""Every dataclass that a line may hold, by name."""


def encoded(value: Any) -> Json:
    """Return what JSON holds for a value; of sound, only its size in bytes."""
    match value:
        case float():
            return round(value, _DIGITS)
        case bytes():
            return len(value)
        case list() | tuple():
            return [encoded(item) for item in value]
        case Mapping():
            return {str(key): encoded(item) for key, item in value.items()}
        case None | str() | int():
            return value
        case _ if dataclasses.is_dataclass(value):
            kind: Any = type(value)
            return {"type": kind.__name__} | {
                name: encoded(item)
                for name, default in _fields(kind)
                if (item := getattr(value, name)) != default
            }
        case _:  # an answer that only its provider understands
            return {"type": type(value).__name__}


def decoded(value: Json) -> Any:
    """Return the value of JSON that `encoded` returned; objects of unknown types stay as they are.

    Sound is silence of the same size.
    """
    match value:
        case list():
            return tuple(decoded(item) for item in value)
        case {"type": str(name)} if (kind := TYPES.get(name)) is not None:
            known = {each.name: str(each.type) for each in dataclasses.fields(kind)}
            try:
                return kind(
                    **{key: _field(key, known[key], item) for key, item in value.items() if key in known}
                )
            except TypeError:  # a field is missing: it is of another version
                return value
        case _:
            return value


def line(value: Json) -> str:
    """Return a line of the log."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _field(name: str, kind: str, value: Json) -> Any:
    if name in _RAW:
        return value
    return bytes(value) if kind == "bytes" and isinstance(value, int) else decoded(value)


@cache
def _fields(kind: type[Any]) -> tuple[tuple[str, Any], ...]:
    """Return the names of the fields of a class, each with its default."""
    return tuple((each.name, each.default) for each in dataclasses.fields(kind))
