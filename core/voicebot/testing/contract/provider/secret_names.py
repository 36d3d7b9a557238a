"""Options that are named like a secret and are plain text, which a log or an error would show."""

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
"""Words that name a secret, as the last of a name."""
_ONE = frozenset(("key", "token"))
_MANY = frozenset(("keys", "tokens"))
_OF_WHAT_IS_SECRET = frozenset(
    "api access account auth authorization bearer client private refresh secret security service session "
    "subscription".split()
)
"""Words before `keys` or `tokens` that make secrets of them."""
_OF_WHAT_IS_NOT = frozenset(
    # keys of tables, of a keyboard, of music
    "cache column cue dict down enter escape exit field foreign group hot index interrupt json lookup map "
    "message metadata modifier musical mute partition pause press primary public push quit record resume row "
    "skip song sort space start stop talk toggle unique up wake "
    # tokens of a tokenizer
    "begin blank bos class cls decoder eos end fill first language last mask max min next null pad padding "
    "prompt sep separator special start stop text think unk unknown word".split()
)
"""Words before `key` or `token` that make something public of it."""
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def names_a_secret(name: str) -> bool:
    """Return whether an option of that name holds a secret: `api_key`, not `key_phrases` or `max_tokens`."""
    words = [word.lower() for word in _WORDS.findall(name) if not word.isdigit()]
    if not words:
        return False
    before = words[-2] if len(words) > 1 else ""
    if words[-1] in _ALWAYS:
        return True
    if words[-1] in _ONE:
        return before not in _OF_WHAT_IS_NOT
    return words[-1] in _MANY and before in _OF_WHAT_IS_SECRET


def bare_secrets(options: type[BaseModel]) -> list[str]:
    """Return the options that are named like a secret and may be plain text, to any depth."""
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
    """Give the fields of a class of options: the name, other names, the type."""
    if issubclass(holder, BaseModel):
        for name, info in holder.model_fields.items():
            also = [alias for alias in (info.alias, info.validation_alias) if isinstance(alias, str)]
            yield name, also, info.annotation
    elif dataclasses.is_dataclass(holder):
        hints = get_type_hints(holder)
        for field in dataclasses.fields(holder):
            yield field.name, [], hints[field.name]


def _kinds(kind: Any) -> Iterator[Any]:
    """Give all types that a type is made of: of a union, the items of a list, the values of a mapping."""
    if (named := getattr(kind, "__value__", None) or getattr(kind, "__supertype__", None)) is not None:
        yield from _kinds(named)  # a `type` statement, or a NewType
        return
    yield kind
    parts = get_args(kind)
    if isinstance(kind, type) is False and (metadata := getattr(kind, "__metadata__", ())):
        parts = tuple(part for part in parts if part not in metadata)
    for part in parts[1:] if _is_mapping(kind) else parts:
        if not isinstance(part, str):  # of a Literal
            yield from _kinds(part)


def _is_mapping(kind: Any) -> bool:
    origin = getattr(kind, "__origin__", None)
    return isinstance(origin, type) and hasattr(origin, "keys") and hasattr(origin, "__getitem__")
