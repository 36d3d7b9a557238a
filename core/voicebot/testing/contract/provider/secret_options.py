"""The secrets in a provider's options, and the texts in which they could appear."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel, SecretStr

_SHORTEST = 6
"""Characters; a shorter value would appear in texts by chance."""


def secrets(value: Any, name: str = "") -> dict[str, str]:
    """Return the secrets in options at any depth, by option name."""
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
        case object(options=BaseModel() as options):  # an option that is itself a provider
            found |= secrets(options, name)
    return found


def full_text(error: BaseException) -> str:
    """Return everything a log could show of an error: its traceback, causes included, and its repr."""
    return "".join(traceback.format_exception(error)) + repr(error)


@contextmanager
def logged() -> Iterator[list[str]]:
    """Collect the formatted log lines of all levels while the block runs."""
    lines: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    root = logging.getLogger()
    level, handlers = root.level, root.handlers
    root.handlers = [Collector()]  # the only one: nobody asked to see all this
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.setLevel(level)
        root.handlers = handlers
