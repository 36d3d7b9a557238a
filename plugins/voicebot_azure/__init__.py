"""Azure Speech: the recogniser and the synthesizer, through the real Speech SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Registry

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the recogniser and the synthesizer."""
    from voicebot_azure.recognizer import AzureRecognizer
    from voicebot_azure.recognizer_options import AzureRecognizerOptions
    from voicebot_azure.synthesizer import AzureSynthesizer
    from voicebot_azure.synthesizer_options import AzureSynthesizerOptions

    sdk = {"azure.cognitiveservices.speech": "azure-cognitiveservices-speech"}
    registry.add("azure-stt", AzureRecognizer, AzureRecognizerOptions, requires=sdk)
    registry.add("azure-tts", AzureSynthesizer, AzureSynthesizerOptions, requires=sdk)
