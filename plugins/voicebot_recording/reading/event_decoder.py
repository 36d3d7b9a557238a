"""The events of a recording, in order: a request to a chat model continues the one before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from voicebot import Message, Tool
from voicebot_recording.format import SAME, Json, decoded


class EventDecoder:
    """Decodes the lines of one recording, from the first on."""

    def __init__(self) -> None:
        self._messages: tuple[Message, ...] = ()
        self._tools: tuple[Tool, ...] = ()

    def decode(self, line: Json) -> Any:
        """Return the event of a line; the line itself if this version does not know it."""
        question = line.get("question")
        if not isinstance(question, dict) or question.get("type") != "ChatRequest":
            return decoded(line)
        same, added = question.get(SAME, 0), decoded(question.get("messages", []))
        self._messages = (*self._messages[:same], *added)
        if (tools := question.get("tools", [])) != SAME:
            tools = self._tools = decoded(tools) if tools else ()
        else:
            tools = self._tools
        event = decoded({**line, "question": None})
        if isinstance(event, dict):
            return event
        request = decoded({**question, "messages": [], "tools": []})
        return replace(event, question=replace(request, messages=self._messages, tools=tools))
