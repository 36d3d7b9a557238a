"""A file with a token, which another program may renew."""

from __future__ import annotations

from pathlib import Path


class Unusable(Exception):
    """The token file cannot be used; the text says why."""


def read_token(file: Path) -> str:
    """Return the token in a file.

    Raises:
        Unusable: it cannot be read, or contains something else.
    """
    try:
        token = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise Unusable(f"the token in {file} cannot be read: {reason}") from error
    if not (token and token.isascii() and token.isprintable()):
        raise Unusable(f"there is no token in {file}" if not token else f"{file} contains more than a token")
    return token
