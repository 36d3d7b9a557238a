"""The names that OpenTelemetry's semantic conventions for generative AI give to what a chat model does."""

from __future__ import annotations

from typing import Any

from voicebot import ConversationInfo

OTHER_ERROR = "_OTHER"
"""The `error.type` of what has no code of its own."""
TOKEN_BUCKETS = tuple(float(4**power) for power in range(14))
SECOND_BUCKETS = tuple(0.01 * 2**power for power in range(14))
_PROVIDERS = {"azure-openai": "azure.ai.openai"}
"""Our names where the conventions know another one."""


def chat_attributes(conversation: ConversationInfo) -> dict[str, Any]:
    """Return what tells of an operation, which model it asks, and whose that is."""
    name = conversation.providers.get("chat", "unknown")
    attributes = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": _PROVIDERS.get(name, name)}
    return attributes | ({"gen_ai.request.model": conversation.model} if conversation.model else {})
