"""What a server offers, as it describes itself: programs, each with models or voices.

Whatever a server leaves out or gets wrong counts as absent: the rest of its description is still used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_DOMAINS = {"asr": "models", "tts": "voices"}
_STREAMS = {"asr": "supports_transcript_streaming", "tts": "supports_synthesize_streaming"}


@dataclass(frozen=True, slots=True)
class Model:
    """A model for recognition, or a voice; `languages` are written as the server writes them."""

    name: str
    languages: tuple[str, ...] = ()
    description: str = ""
    installed: bool = True
    speakers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """A recogniser or a voice program; `streams` says whether it takes or gives text in pieces."""

    name: str
    models: tuple[Model, ...] = ()
    streams: bool = False

    def model(self, name: str) -> Model | None:
        """Return the model or voice of that name, if it has one."""
        return next((model for model in self.models if model.name == name), None)


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """The programs of a server: `recognizers`, `voices`, and the names of what else it offers."""

    recognizers: tuple[Program, ...] = ()
    voices: tuple[Program, ...] = ()
    others: tuple[str, ...] = ()


def service_info(data: dict[str, Any]) -> ServiceInfo:
    """Return what the data of an `info` event say."""
    others = tuple(kind for kind, programs in data.items() if kind not in _DOMAINS and programs)
    return ServiceInfo(_programs(data, "asr"), _programs(data, "tts"), others)


def _programs(data: dict[str, Any], domain: str) -> tuple[Program, ...]:
    return tuple(
        Program(
            program["name"],
            tuple(_model(model) for model in _named(program.get(_DOMAINS[domain]))),
            program.get(_STREAMS[domain]) is True,
        )
        for program in _named(data.get(domain))
    )


def _model(model: dict[str, Any]) -> Model:
    description = model.get("description")
    return Model(
        model["name"],
        tuple(tag for tag in _items(model.get("languages")) if isinstance(tag, str) and tag),
        description if isinstance(description, str) else "",
        model.get("installed") is not False,
        tuple(speaker["name"] for speaker in _named(model.get("speakers"))),
    )


def _named(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list that have a name."""
    for item in _items(value):
        if isinstance(item, dict) and isinstance(item.get("name"), str) and item["name"]:
            yield item


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
