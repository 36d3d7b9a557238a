"""Chat models of any server that speaks OpenAI's chat completions API: Ollama, vLLM, openai.com, ..."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Registry


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the chat model."""
    from voicebot_openai.chat import OpenAIChatModel
    from voicebot_openai.options import OpenAIChatOptions

    registry.add("openai", OpenAIChatModel, OpenAIChatOptions, requires={"openai": "voicebot"})
