"""Where a config sets the voice and the model: perhaps in a provider within another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from voicebot.options import Options
from voicebot.plugin.choice import Choice

_NAMES = {"synthesizer": ("voice",), "chat": ("model", "deployment")}


def option_path(choice: Choice[Any]) -> str:
    """Return the path to the voice of a synthesizer, or the model of a chat model; empty if it has none."""
    return next(_paths(choice.kind, choice.options, _NAMES[choice.kind]), "")


def value_at(choice: Choice[Any], path: str) -> object:
    """Return the value of an option, given by its path."""
    value: Any = choice.options
    for key in path.split(".")[1:]:
        value = value.options if isinstance(value, Choice) else value
        value = value[int(key)] if isinstance(value, list | tuple) else getattr(value, key)
    return value


def _paths(path: str, value: Any, names: tuple[str, ...]) -> Iterator[str]:
    match value:
        case Choice():
            yield from _paths(path, value.options, names)
        case Options():
            known = [name for name in names if name in type(value).model_fields]
            yield from (f"{path}.{name}" for name in known)
            for key, inner in value:
                yield from _paths(f"{path}.{key}", inner, names)
        case list() | tuple():
            for number, inner in enumerate(value):
                yield from _paths(f"{path}.{number}", inner, names)
        case Mapping():
            for key, inner in value.items():
                yield from _paths(f"{path}.{key}", inner, names)
