"""Asking the service which voices a region or a container has."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from voicebot import VoiceDescription
from voicebot_azure.account import SpeechAccount
from voicebot_azure.synthesis.voices.families import family_of, languages_of

_SCHEMES = {"ws": "http", "wss": "https"}


def list_voices(sdk: Any, config: Any, account: SpeechAccount) -> list[VoiceDescription] | None:
    """Return the voices, None if the request fails. Blocks.

    Args:
        sdk: the module `azure.cognitiveservices.speech`.
        config: a `SpeechConfig` that nothing else uses.
    """
    if account.endpoint is not None and not account.container:
        # The SDK drops the port, and uses TLS even for ws://.
        parts = urlsplit(account.endpoint)
        url = f"{_SCHEMES.get(parts.scheme, parts.scheme)}://{parts.netloc}/tts/cognitiveservices/voices/list"
        config.set_property(sdk.PropertyId.SpeechServiceConnection_VoicesListEndpoint, url)
    result = sdk.SpeechSynthesizer(config, audio_config=None).get_voices_async().get()
    if result.reason != sdk.ResultReason.VoicesListRetrieved:
        return None
    return [_describe(voice) for voice in result.voices]


def _describe(voice: Any) -> VoiceDescription:
    name: str = voice.short_name
    details = [family_of(name).title]
    if voice.status.name not in {"GeneralAvailability", "Unknown"}:
        details.append(voice.status.name.lower())
    if styles := [style for style in voice.style_list if style]:
        details.append(f"styles: {', '.join(styles)}")
    gender = voice.gender.name.lower()
    return VoiceDescription(
        name,
        languages_of(name) or (voice.locale,),
        "" if gender == "unknown" else gender,
        "; ".join(details),
    )
