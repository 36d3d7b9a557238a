"""The logging handler for stderr: each record is one line, with its traceback indented below."""

from __future__ import annotations

import logging
import re
import textwrap

from voicebot.cli.output.printing import echo_lines
from voicebot.cli.output.wrapping import wrapped

_HEADER = re.compile(
    r"""(['"](?:(?:content-)?location|refresh|set-cookie|mcp-session-id)['"][,:] b?)"""
    r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""",
    re.IGNORECASE,
)
"""Headers of an answer, as HTTP libraries log them, whose values may be secrets: the address that a redirect
leads to may contain a token."""


class Stderr(logging.Handler):
    """Writes to whatever `sys.stderr` is at the time, since a live display replaces it."""

    def __init__(self, format: str) -> None:
        super().__init__()
        self.setFormatter(_OneLine(format))

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        try:
            echo_lines(self.format(record), err=True)
        except Exception:  # like all handlers of logging
            self.handleError(record)


class _OneLine(logging.Formatter):
    """Keeps a message on one line, and a traceback from looking like other messages."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.kind = "error" if record.levelno > logging.WARNING else record.levelname.lower()
        message = super().formatMessage(record)
        if record.levelno <= logging.DEBUG:
            message = _HEADER.sub(r"\1'***'", message)
        return wrapped(message, err=True)

    def formatException(self, ei: object) -> str:
        return textwrap.indent(super().formatException(ei), "  ")  # type: ignore[arg-type]

    def formatStack(self, stack_info: str) -> str:
        return textwrap.indent(super().formatStack(stack_info), "  ")
