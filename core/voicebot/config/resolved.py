"""A config as it was understood: with what it extends, variables and all defaults, but without secrets."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel, SecretStr

from voicebot.config.checking.secret_names import names_a_secret
from voicebot.config.load import BotConfig
from voicebot.plugin.choice import Choice
from voicebot.plugin.registry import KINDS, LISTED
from voicebot.redaction import hide_secrets, keys_among, redacted

_HIDDEN = "***"
_SIGN_IN = re.compile(r"(?<=://)[^/\s@]+@")
"""User name and password in an address."""


def resolved_config(config: BotConfig) -> dict[str, Any]:
    """Return a config as a mapping that can be written as YAML or JSON; `***` stands for each secret.

    Secrets are options of the type `SecretStr`, texts whose option, header or variable is named like one, and
    user names and passwords in addresses; texts that repeat one have `***` there. Sentences have then been
    through the redaction of plugins (`voicebot_redact`); single words have not, since they are names of
    models, voices and files. Paths are absolute.
    """
    found: dict[str, Any] = dict(config.settings)
    for kind in KINDS:
        chosen = config.of_kind(kind)
        found[LISTED.get(kind, kind)] = list(chosen) if kind in LISTED else next(iter(chosen), None)
    found |= config.sections
    plain = {name: _plain(name, value) for name, value in found.items()}
    written: dict[str, Any] = _redacted(plain, secrets_in(config), _redactors(config))
    return written


def secrets_in(config: BotConfig) -> tuple[SecretStr, ...]:
    """Return all secrets of a config, for `hide_secrets`."""
    values: list[Any] = [config.settings, *config.sections.values()]
    values += [choice for kind in KINDS for choice in config.of_kind(kind)]
    return secrets_of(values)


def secrets_of(values: Iterable[Any]) -> tuple[SecretStr, ...]:
    """Return all secrets of options."""
    return tuple(dict.fromkeys(secret for value in values for secret in _secrets(value)))


def _plain(name: str, value: Any) -> Any:
    match value:
        case SecretStr():
            return _HIDDEN
        case Choice():
            return {"provider": value.name, **_plain(name, value.options)}
        case BaseModel():
            return {key: _plain(key, item) for key, item in value}
        case Mapping():
            return {str(key): _plain(str(key), item) for key, item in value.items()}
        case None | bool() | int() | float():
            return value
        case PurePath():
            return os.path.abspath(value)
        case str():
            return _HIDDEN if value and names_a_secret(name) else _SIGN_IN.sub(f"{_HIDDEN}@", value)
        case Iterable():
            return [_plain(name, item) for item in value]
        case _:
            return str(value)


def _redactors(config: BotConfig) -> list[Callable[[str], str]]:
    if config.plugins is None:
        return []
    made = [hook(config.settings) for hook in config.plugins.implementations("voicebot_redact", config)]
    return [redactor for redactor in made if redactor is not None]


def _redacted(value: Any, secrets: Sequence[SecretStr], redactors: Sequence[Callable[[str], str]]) -> Any:
    match value:
        case dict():
            return {key: _redacted(item, secrets, redactors) for key, item in value.items()}
        case list():
            return [_redacted(item, secrets, redactors) for item in value]
        case str():
            filters = redactors if len(value.split()) > 1 else ()
            return hide_secrets(redacted(value, keys_among(secrets), filters), secrets)
        case _:
            return value


def _secrets(value: Any) -> Iterator[SecretStr]:
    match value:
        case SecretStr():
            yield value
        case Choice():
            yield from _secrets(value.options)
        case BaseModel():
            for _, item in value:
                yield from _secrets(item)
        case Mapping():
            for item in value.values():
                yield from _secrets(item)
        case list() | tuple() | set() | frozenset():
            for item in value:
                yield from _secrets(item)
