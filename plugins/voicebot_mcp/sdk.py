"""Importing the distribution `mcp`, which takes most of a second of CPU."""

from __future__ import annotations

import logging

from voicebot import ProviderError, install_hint

EXTRA = "voicebot-framework[mcp]"
_LOGGERS = ("mcp", "client")
"""The loggers of the distribution; its sessions log as `client`."""


def load() -> None:
    """Import what the toolset uses; call it outside the event loop.

    The distribution logs every failure with a traceback, also those that the toolset reports in a line of its
    own. Unless everything is logged, these records are dropped.

    Raises:
        ProviderError: the distribution is not installed, or cannot be imported.
    """
    try:
        import jsonschema  # noqa: F401  # it would be imported for the first result otherwise
        import mcp.client.streamable_http  # noqa: F401
    except ImportError as error:
        hint = install_hint("mcp", EXTRA)
        raise ProviderError(f"the package mcp is not installed; {hint}") from error
    if not logging.getLogger().isEnabledFor(logging.DEBUG):
        for name in _LOGGERS:
            logging.getLogger(name).setLevel(logging.CRITICAL)
