"""Chat models of Azure OpenAI, and of any server that speaks OpenAI's API: Ollama, vLLM, openai.com, ..."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Registry

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the chat models."""
    from voicebot_openai.azure_chat import AzureChatModel
    from voicebot_openai.azure_options import AzureChatOptions
    from voicebot_openai.chat import OpenAIChatModel
    from voicebot_openai.options import OpenAIChatOptions

    needed = {"openai": "voicebot"}
    registry.add("openai", OpenAIChatModel, OpenAIChatOptions, requires=needed)
    registry.add("azure-openai", AzureChatModel, AzureChatOptions, requires=needed)
