"""The recogniser and the synthesizer of Azure Speech, through Microsoft's Speech SDK.

recognition | synthesis   speech to text, text to speech; they do not import each other
diagnosis                 why a connection fails
remedies                  the table of errors and what to do about them
sdk                       the loaded SDK, configured for an account
account                   the options that both have in common
languages | threads | environment_proxy   language tags; threads for blocking calls; proxies that are not used
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Registry

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the recogniser and the synthesizer."""
    sdk = {"azure.cognitiveservices.speech": "azure-cognitiveservices-speech"}
    registry.add(
        "azure-stt",
        "voicebot_azure.recognition.recognizer:AzureRecognizer",
        "voicebot_azure.recognition.options:AzureRecognizerOptions",
        kind="recognizer",
        requires=sdk,
    )
    registry.add(
        "azure-tts",
        "voicebot_azure.synthesis.synthesizer:AzureSynthesizer",
        "voicebot_azure.synthesis.options:AzureSynthesizerOptions",
        kind="synthesizer",
        requires=sdk,
    )
