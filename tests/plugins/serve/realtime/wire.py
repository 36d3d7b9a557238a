"""Events as stock clients read them: strictly, by the types of the package `openai`."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel, TypeAdapter

from voicebot_serve.realtime.server.events import SENT
from voicebot_serve.realtime.server.extension import EXTENSIONS

_OURS = {"voicebot", "id", "object"}
"""What a session has beyond their types: as OpenAI's servers send it, and our extension."""


@functools.cache
def _adapter() -> TypeAdapter[Any]:
    from openai.types.realtime import RealtimeServerEvent

    return TypeAdapter(RealtimeServerEvent)


def check_strictly(events: Iterable[dict[str, Any]]) -> list[str]:
    """Check that every event is one of OpenAI's, with no field that they do not know; return their types."""
    kinds = []
    for event in events:
        kinds.append(event["type"])
        if event["type"] in EXTENSIONS:
            continue
        assert event["type"] in SENT
        read = _adapter().validate_python(event, strict=True)
        assert read.type == event["type"]
        assert not set(_unknown(read)) - _OURS, event
    return kinds


def _unknown(value: object) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from value.model_extra or {}
        for name in type(value).model_fields:
            yield from _unknown(getattr(value, name))
    elif isinstance(value, list):
        for each in value:
            yield from _unknown(each)
