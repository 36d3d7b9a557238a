"""Log records as JSON, one object a line, with the conversation in which they were written."""

from __future__ import annotations

import json
import logging
import os
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

_conversation: ContextVar[dict[str, str] | None] = ContextVar("conversation", default=None)


def name_conversation(id: str, bot: str) -> None:
    """Say to which conversation belongs what this task logs from now on, and what it starts."""
    _conversation.set({"conversation": id, "bot": bot})


class JsonLines(logging.Formatter):
    """Formats a record as an object with `time` (UTC), `level`, `logger`, `message` and `process`.

    `conversation` and `bot` are there if it was written in a conversation, and `exception` if there is one.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": os.getpid(),
            **(_conversation.get() or {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True)


def log_json() -> None:
    """Have the program log so, instead of in text.

    Details of other libraries are left out even with `-vv`: they may contain keys.
    """
    for handler in logging.getLogger().handlers:
        handler.setFormatter(JsonLines())
        handler.addFilter(lambda each: each.levelno > logging.DEBUG or each.name.startswith("voicebot"))
