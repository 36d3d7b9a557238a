"""Hiding secrets in texts that others wrote, such as a server that repeats the key that it refuses.

Where plugins remove more, secrets are hidden first: what they change of a key would keep the rest from being
recognised.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from urllib.parse import quote, quote_plus

from pydantic import SecretStr

_SHORTEST = 6
"""Characters of a secret; shorter texts occur by chance."""
_CACHED = 64
"""Configs whose secrets are not looked for anew in each text."""


class PrivateText(SecretStr):
    """A text that is not shown, such as the name of a person, but is no key: filters say what replaces it."""


def hide_secrets(text: str, secrets: Iterable[SecretStr]) -> str:
    """Return a text with `***` in place of secrets; call it before the text is cut.

    Of `Bearer abcdef`, `abcdef` alone is hidden too, and each also as it is written in an address and in
    JSON. Secrets with fewer than six characters are left: they occur in any text.
    """
    for form in secret_forms(secrets):
        text = text.replace(form, "***")
    return text


def keys_among(secrets: Iterable[SecretStr]) -> tuple[SecretStr, ...]:
    """Return what is hidden before filters see a text."""
    return tuple(each for each in secrets if not isinstance(each, PrivateText))


def redacted(text: str, secrets: Iterable[SecretStr], filters: Iterable[Callable[[str], str]]) -> str:
    """Return a text without secrets and without what filters remove, in this order."""
    text = hide_secrets(text, secrets)
    for each in filters:
        text = each(text)
    return text


def secret_forms(secrets: Iterable[SecretStr]) -> tuple[str, ...]:
    """Return all that `hide_secrets` hides, the longest first."""
    return _forms(tuple(secrets))


@lru_cache(_CACHED)
def _forms(secrets: tuple[SecretStr, ...]) -> tuple[str, ...]:
    forms = {form for secret in secrets for part in _parts(secret) for form in _written(part)}
    return tuple(sorted(forms, key=len, reverse=True))


def _parts(secret: SecretStr) -> Iterator[str]:
    value = secret.get_secret_value().strip()
    return (part for part in (value, *value.split()[1:]) if len(part) >= _SHORTEST)


def _written(secret: str) -> Iterator[str]:
    yield from (secret, quote(secret, safe="", errors="replace"), quote_plus(secret, errors="replace"))
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
