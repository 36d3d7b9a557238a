"""The tools of a request, in the form of the API."""

from __future__ import annotations

from typing import Any

from voicebot import Tool
from voicebot_openai.request.schema import clean_schema

_LONGEST_DESCRIPTION = 1024
"""Characters; OpenAI and Azure refuse more."""


class RequestTools:
    """Converts tools, and keeps the result until other tools are offered."""

    def __init__(self) -> None:
        self._tools: tuple[Tool, ...] = ()
        self._sent: list[dict[str, Any]] = []

    def as_sent(self, tools: tuple[Tool, ...]) -> list[dict[str, Any]]:
        """Return the tools, in an order that does not depend on theirs: servers cache the beginning of
        requests."""
        if tools != self._tools:
            self._sent = [_as_sent(tool) for tool in sorted(tools, key=lambda tool: tool.name)]
            self._tools = tools
        return self._sent


def _as_sent(tool: Tool) -> dict[str, Any]:
    description = tool.description
    if len(description) > _LONGEST_DESCRIPTION:
        description = f"{description[: _LONGEST_DESCRIPTION - 1]}…"
    function = {"name": tool.name, "description": description, "parameters": clean_schema(tool.parameters)}
    return {"type": "function", "function": function}
