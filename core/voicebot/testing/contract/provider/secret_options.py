"""The secrets among a provider's options, and where they could show."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel, SecretStr

_SHORTEST = 6
"""Characters; what is shorter turns up in any text by chance."""


def secrets(value: Any, name: str = "") -> dict[str, str]:
    """Return the secrets within options, to any depth, by the names of the options."""
    found: dict[str, str] = {}
    match value:
        case SecretStr():
            if len(secret := value.get_secret_value()) >= _SHORTEST:
                found[name] = secret
        case BaseModel():
            for field in type(value).model_fields:
                found |= secrets(getattr(value, field), f"{name}.{field}" if name else field)
        case Mapping():
            for key, item in value.items():
                found |= secrets(item, f"{name}.{key}")
        case list() | tuple() | set() | frozenset():
            for number, item in enumerate(value):
                found |= secrets(item, f"{name}.{number}")
        case object(options=BaseModel() as options):  # a provider that is itself an option
            found |= secrets(options, name)
    return found


def told(error: BaseException) -> str:
    """Return all that a log tells of an error: its text, its repr, and the same of what caused it."""
    return "".join(traceback.format_exception(error)) + repr(error)


@contextmanager
def logged() -> Iterator[list[str]]:
    """Collect all that is logged while the block runs, at any level, as a log file would have it."""
    lines: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    root = logging.getLogger()
    level, handlers = root.level, root.handlers
    root.handlers = [Collector()]  # alone: nobody asked to see all this
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.setLevel(level)
        root.handlers = handlers
