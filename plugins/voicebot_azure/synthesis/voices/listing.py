"""The voices that a region or a container has, asked of the service itself."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from voicebot import VoiceDescription
from voicebot_azure.account import SpeechAccount
from voicebot_azure.synthesis.voices.families import family_of, languages_of

_SCHEMES = {"ws": "http", "wss": "https"}


def list_voices(sdk: Any, config: Any, account: SpeechAccount) -> list[VoiceDescription] | None:
    """Return the voices, None when the service did not say; blocks.

    Args:
        config: a `SpeechConfig` of its own.
    """
    if account.endpoint is not None and not account.container:
        # The SDK forgets the port, and that ws:// is not TLS.
        parts = urlsplit(account.endpoint)
        url = f"{_SCHEMES.get(parts.scheme, parts.scheme)}://{parts.netloc}/tts/cognitiveservices/voices/list"
        config.set_property(sdk.PropertyId.SpeechServiceConnection_VoicesListEndpoint, url)
    result = sdk.SpeechSynthesizer(config, audio_config=None).get_voices_async().get()
    if result.reason != sdk.ResultReason.VoicesListRetrieved:
        return None
    return [_described(voice) for voice in result.voices]


def _described(voice: Any) -> VoiceDescription:
    name: str = voice.short_name
    described = [family_of(name).title]
    if voice.status.name not in {"GeneralAvailability", "Unknown"}:
        described.append(voice.status.name.lower())
    if styles := [style for style in voice.style_list if style]:
        described.append(f"styles: {', '.join(styles)}")
    gender = voice.gender.name.lower()
    return VoiceDescription(
        name,
        languages_of(name) or (voice.locale,),
        "" if gender == "unknown" else gender,
        "; ".join(described),
    )
