"""Options that are named like a secret but are plain text, which a log or an error would show."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel

_ALWAYS = frozenset(
    "secret secrets password passwords passwd passphrase passphrases passcode pwd credential credentials "
    "bearer authorization apikey apikeys apisecret apitoken authkey authtoken accesskey accesstoken "
    "secretkey clientsecret privatekey".split()
)
"""Last words of a name that always mean a secret."""
_SINGULAR = frozenset(("key", "token"))
_PLURAL = frozenset(("keys", "tokens"))
_BEFORE_SECRETS = frozenset(
    "api access account auth authorization bearer client private refresh secret security service session "
    "subscription".split()
)
"""Words that make `keys` or `tokens` after them secret."""
_BEFORE_PUBLIC = frozenset(
    # keys of tables, of a keyboard, of music
    "cache column cue dict down enter escape exit field foreign group hot index interrupt json lookup map "
    "message metadata modifier musical mute partition pause press primary public push quit record resume row "
    "skip song sort space start stop talk toggle unique up wake "
    # tokens of a tokenizer
    "begin blank bos class cls decoder eos end fill first language last mask max min next null pad padding "
    "prompt sep separator special start stop text think unk unknown word".split()
)
"""Words that make `key` or `token` after them public."""
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def names_a_secret(name: str) -> bool:
    """Return whether an option's name suggests a secret: `api_key`, but not `key_phrases` or `max_tokens`."""
    words = [word.lower() for word in _WORDS.findall(name) if not word.isdigit()]
    if not words:
        return False
    before = words[-2] if len(words) > 1 else ""
    if words[-1] in _ALWAYS:
        return True
    if words[-1] in _SINGULAR:
        return before not in _BEFORE_PUBLIC
    return words[-1] in _PLURAL and before in _BEFORE_SECRETS


def bare_secrets(options: type[BaseModel]) -> list[str]:
    """Return the options, at any depth, that are named like a secret and may be plain text."""
    return sorted(set(_of(options, "", frozenset())))


def _of(holder: type[Any], place: str, within: frozenset[type[Any]]) -> Iterator[str]:
    if holder in within:
        return
    for name, also, kind in _fields(holder):
        where = f"{place}.{name}" if place else name
        kinds = list(_kinds(kind))
        if any(names_a_secret(one) for one in (name, *also)) and any(one in (str, bytes) for one in kinds):
            yield where
        for one in kinds:
            if isinstance(one, type):
                yield from _of(one, where, within | {holder})


def _fields(holder: type[Any]) -> Iterator[tuple[str, list[str], Any]]:
    """Yield the fields of an options class: name, aliases and type."""
    if issubclass(holder, BaseModel):
        for name, info in holder.model_fields.items():
            also = [alias for alias in (info.alias, info.validation_alias) if isinstance(alias, str)]
            yield name, also, info.annotation
    elif dataclasses.is_dataclass(holder):
        hints = get_type_hints(holder)
        for field in dataclasses.fields(holder):
            yield field.name, [], hints[field.name]


def _kinds(kind: Any) -> Iterator[Any]:
    """Yield all types in a type: the members of a union, the items of a list, the values of a mapping."""
    if (named := getattr(kind, "__value__", None) or getattr(kind, "__supertype__", None)) is not None:
        yield from _kinds(named)  # a `type` statement, or a NewType
        return
    yield kind
    parts = get_args(kind)
    if isinstance(kind, type) is False and (metadata := getattr(kind, "__metadata__", ())):
        parts = tuple(part for part in parts if part not in metadata)
    for part in parts[1:] if _is_mapping(kind) else parts:
        if not isinstance(part, str):  # in a Literal
            yield from _kinds(part)


def _is_mapping(kind: Any) -> bool:
    origin = getattr(kind, "__origin__", None)
    return isinstance(origin, type) and hasattr(origin, "keys") and hasattr(origin, "__getitem__")
