"""The files that transcripts go to: placeholders in a path, filled with what is safe in one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from voicebot import ConversationInfo

PLACEHOLDERS = ("{started}", "{name}", "{id}")
_BRACES = re.compile(r"\{[^{}]*\}|[{}]")
_UNSAFE = re.compile(r"[^\w-]+")
_LONGEST = 60


def unknown_placeholders(path: Path) -> Iterator[str]:
    """Give what stands in braces, or is a lone brace, and means nothing."""
    for found in _BRACES.finditer(str(path)):
        if found[0] not in PLACEHOLDERS:
            yield found[0]


def filled(path: Path, conversation: ConversationInfo) -> Path:
    """Return the path for a conversation; what fills a placeholder never leads to another folder."""
    values = {
        "{started}": f"{conversation.started:%Y%m%dT%H%M%SZ}",
        "{name}": _safe(conversation.name),
        "{id}": _safe(conversation.id),
    }
    return Path(_BRACES.sub(lambda found: values.get(found[0], found[0]), str(path)))


def fixed_folder(path: Path) -> Path:
    """Return the folder of a path, as far as it is the same for all conversations."""
    return next(parent for parent in path.parents if not _BRACES.search(str(parent)))


def _safe(text: str) -> str:
    """Keep letters of any script, digits, `_` and `-`."""
    return _UNSAFE.sub("-", text).strip("-")[:_LONGEST] or "unnamed"
