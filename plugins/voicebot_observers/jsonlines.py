"""Transcripts for programs: one JSON object per line, each with the conversation's id."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from voicebot import ConversationInfo
from voicebot_observers.dialogue import Entry


def first_line(conversation: ConversationInfo) -> str:
    """Return the line that describes the conversation."""
    return _line(
        conversation,
        0.0,
        "start",
        name=conversation.name,
        language=conversation.language,
        providers=dict(conversation.providers),
        model=conversation.model,
    )


def line(entry: Entry, conversation: ConversationInfo) -> str:
    """Return an entry as a line."""
    more: dict[str, Any] = {"text": entry.text}
    if entry.kind == "bot":
        more["interrupted"] = entry.interrupted
    if entry.call is not None:
        called = {"call": entry.call.id, "tool": entry.call.name, "arguments": entry.call.arguments}
        more = {**called, "outcome": entry.call.outcome, "seconds": round(entry.call.seconds, 3), **more}
    if entry.timing is not None:
        more = {key: value for key, value in asdict(entry.timing).items() if key != "at"}
    return _line(conversation, entry.at, entry.kind, **more)


def _line(conversation: ConversationInfo, at: float, kind: str, **more: Any) -> str:
    time = conversation.started + timedelta(seconds=at)
    said = {
        "conversation": conversation.id,
        "time": time.isoformat(timespec="milliseconds"),
        "at": round(at, 3),
        "kind": kind,
    }
    return json.dumps(said | more, ensure_ascii=False) + "\n"
