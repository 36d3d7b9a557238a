"""Names from OpenTelemetry's semantic conventions for generative AI."""

from __future__ import annotations

from typing import Any

from voicebot import ConversationInfo

OTHER_ERROR = "_OTHER"
"""The `error.type` of errors without a code."""
TOKEN_BUCKETS = tuple(float(4**power) for power in range(14))
SECOND_BUCKETS = tuple(0.01 * 2**power for power in range(14))
_PROVIDERS = {"azure-openai": "azure.ai.openai"}
"""The conventions' names of providers that we call otherwise."""


def chat_attributes(conversation: ConversationInfo) -> dict[str, Any]:
    """Return the attributes of a chat operation: its name, its provider and its model."""
    name = conversation.providers.get("chat", "unknown")
    attributes = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": _PROVIDERS.get(name, name)}
    return attributes | ({"gen_ai.request.model": conversation.model} if conversation.model else {})
