"""Hiding secrets in texts that others wrote, such as a server that repeats the key that it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from pydantic import SecretStr

_SHORTEST = 6
"""Characters of a secret; shorter texts occur by chance."""


def hide_secrets(text: str, secrets: Iterable[SecretStr]) -> str:
    """Return a text with `***` in place of secrets; call it before the text is cut.

    Of `Bearer abcdef`, `abcdef` alone is hidden too, and each also as it is written in an address and in
    JSON. Secrets with fewer than six characters are left: they occur in any text.
    """
    forms = {form for secret in secrets for part in _parts(secret) for form in _written(part)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, "***")
    return text


def _parts(secret: SecretStr) -> Iterator[str]:
    value = secret.get_secret_value().strip()
    return (part for part in (value, *value.split()[1:]) if len(part) >= _SHORTEST)


def _written(secret: str) -> Iterator[str]:
    yield from (secret, quote(secret, safe="", errors="replace"), quote_plus(secret, errors="replace"))
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
