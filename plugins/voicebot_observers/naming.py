"""Safe names for conversations and for the files of transcripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from voicebot import ConversationInfo, printable, printable_words

PLACEHOLDERS = ("{started}", "{name}", "{id}")
_BRACES = re.compile(r"\{[^{}]*\}|[{}]")
_UNSAFE = re.compile(r"[^\w-]+")
_LONGEST = 60


def unknown_placeholders(path: Path) -> Iterator[str]:
    """Yield unknown placeholders and lone braces."""
    for found in _BRACES.finditer(str(path)):
        if found[0] not in PLACEHOLDERS:
            yield found[0]


def filled(path: Path, conversation: ConversationInfo) -> Path:
    """Return the path for a conversation; the values of placeholders cannot change the folder."""
    values = {
        "{started}": f"{conversation.started:%Y%m%dT%H%M%SZ}",
        "{name}": _safe(conversation.name),
        "{id}": _safe(conversation.id),
    }
    return Path(_BRACES.sub(lambda found: values.get(found[0], found[0]), str(path)))


def fixed_folder(path: Path) -> Path:
    """Return the part of a path's folder that is the same for all conversations."""
    return next(parent for parent in path.parents if not _BRACES.search(str(parent)))


def made_printable(conversation: ConversationInfo) -> ConversationInfo:
    """Return a conversation whose names are harmless on a terminal."""
    return replace(
        conversation,
        name=printable_words(conversation.name),
        language=printable(conversation.language),
        model=printable(conversation.model),
    )


def _safe(text: str) -> str:
    """Keep letters of any script, digits, `_` and `-`."""
    return _UNSAFE.sub("-", text).strip("-")[:_LONGEST] or "unnamed"
