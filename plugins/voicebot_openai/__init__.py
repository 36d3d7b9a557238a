"""Chat models of Azure OpenAI, and of any server with OpenAI's API: openai.com, Ollama, vLLM, ...

chat | azure_chat             the two chat models
streaming                     one reply, with retries
request_fields, client, entra, retries   the request
response | text               from bytes to chunks; from the model's text to what is spoken
errors                        the causes of failures and what to do about them
options, azure_options, models
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Registry

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the chat models."""
    needed = {"openai": "voicebot-framework"}
    registry.add(
        "openai",
        "voicebot_openai.chat:OpenAIChatModel",
        "voicebot_openai.options:OpenAIChatOptions",
        kind="chat",
        requires=needed,
    )
    registry.add(
        "azure-openai",
        "voicebot_openai.azure_chat:AzureChatModel",
        "voicebot_openai.azure_options:AzureChatOptions",
        kind="chat",
        requires=needed,
    )
