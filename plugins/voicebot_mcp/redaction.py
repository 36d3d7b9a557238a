"""Secrets that a server was given, which it may repeat: they are shown to nobody."""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.parse import parse_qsl, urlsplit

from voicebot import SecretStr, hide_secrets, printable
from voicebot_mcp.options import McpOptions
from voicebot_mcp.token_file import Unusable, read_token

_TELLING = re.compile(r"key|token|secret|passw|pwd|credential|auth", re.IGNORECASE)
"""Names of variables whose values are secrets; those of others, such as a folder, belong into results."""
_LONGEST = 200
"""Characters of a server's text that a message shows."""


def without_secrets(text: str, options: McpOptions, *, variables: bool = False) -> str:
    """Return a text without the secrets of the options; call it before the text is cut.

    Args:
        variables: hide the values of all variables, and not only of those whose name says that they are
            secrets.
    """
    secrets = list(options.headers.values())
    secrets += [value for name, value in options.env.items() if variables or _TELLING.search(name)]
    secrets += [SecretStr(value) for _, value in parse_qsl(urlsplit(options.url or "").query)]
    if options.token_file is not None:
        with suppress(Unusable):
            secrets.append(SecretStr(read_token(options.token_file)))
    return hide_secrets(text, secrets)


def shown(text: object, options: McpOptions, *, variables: bool = False) -> str:
    """Return the first line of a server's text so that it can be part of a message, without secrets."""
    line = printable(without_secrets(str(text).strip(), options, variables=variables).partition("\n")[0])
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
