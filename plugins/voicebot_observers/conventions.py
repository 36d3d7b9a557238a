"""Names from OpenTelemetry's semantic conventions for generative AI."""

from __future__ import annotations

from typing import Any

from voicebot import ConversationInfo, printable

OTHER_ERROR = "_OTHER"
"""The `error.type` of errors without a code."""
TOOL_ERRORS = ("failed", "timeout")
"""The outcomes of calls that are errors; one that is cancelled is not."""
NEVER_RAN = ("declined", "refused", "repeated")
"""The outcomes of calls that did not run."""
TOKEN_BUCKETS = tuple(float(4**power) for power in range(14))
SECOND_BUCKETS = tuple(0.01 * 2**power for power in range(14))
_PROVIDERS = {"azure-openai": "azure.ai.openai"}
"""The conventions' names of providers that we call otherwise."""


def chat_attributes(conversation: ConversationInfo) -> dict[str, Any]:
    """Return the attributes of a chat operation: its name, its provider and its model."""
    name = conversation.providers.get("chat", "unknown")
    attributes = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": _PROVIDERS.get(name, name)}
    return attributes | ({"gen_ai.request.model": conversation.model} if conversation.model else {})


def tool_attributes(name: str) -> dict[str, Any]:
    """Return the attributes of a tool's execution: the operation, and the tool's name and type."""
    return {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": printable(name),
        "gen_ai.tool.type": "function",
    }


def tool_error(outcome: str) -> dict[str, str]:
    """Return the `error.type` of a call that failed, none for another."""
    return {"error.type": {"failed": OTHER_ERROR}.get(outcome, outcome)} if outcome in TOOL_ERRORS else {}
