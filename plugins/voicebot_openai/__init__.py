"""Chat models, voices and recognisers of any server with OpenAI's API: openai.com, Azure OpenAI, Ollama, ...

chat | azure_chat             the two chat models
recognition | synthesis       the recogniser and the voice
streaming                     one reply, with retries
speech                        what the recogniser and the voice share
request                       fields, messages and tools of a request
client, entra, retries, model_list   how it is sent
response | text               from bytes to chunks; from the model's text to what is spoken
errors                        the causes of failures and what to do about them
options, azure_options, azure_server, server, models
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Registry

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the providers."""
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
    registry.add(
        "openai-tts",
        "voicebot_openai.synthesis.synthesizer:OpenAISynthesizer",
        "voicebot_openai.synthesis.options:OpenAISynthesizerOptions",
        kind="synthesizer",
        requires=needed,
    )
    registry.add(
        "openai-stt",
        "voicebot_openai.recognition.recognizer:OpenAIRecognizer",
        "voicebot_openai.recognition.options:OpenAIRecognizerOptions",
        kind="recognizer",
        requires=needed,
    )
