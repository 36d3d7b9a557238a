"""Configuring and opening a connection: audio format, voice and the properties of the Speech SDK."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from voicebot_azure.remedies import failure
from voicebot_azure.sdk import SpeechSdk, set_property
from voicebot_azure.synthesis.connection import SynthesisConnection
from voicebot_azure.synthesis.options import AzureSynthesizerOptions
from voicebot_azure.synthesis.voices.families import family_of

_STREAM_PAUSE = 120.0
"""Seconds that the sound may pause while text is still being written; the engine has its own time limit."""
_FORMATS = {
    8_000: "Raw8Khz16BitMonoPcm",
    16_000: "Raw16Khz16BitMonoPcm",
    22_050: "Raw22050Hz16BitMonoPcm",
    24_000: "Raw24Khz16BitMonoPcm",
    44_100: "Raw44100Hz16BitMonoPcm",
    48_000: "Raw48Khz16BitMonoPcm",
}


def make_connection(
    sdk: SpeechSdk,
    options: AzureSynthesizerOptions,
    loop: asyncio.AbstractEventLoop,
    endpoint: str | None,
    *,
    connect: bool,
    on_lost: Callable[[SynthesisConnection], None],
) -> SynthesisConnection:
    """Make a connection. Blocks.

    Args:
        endpoint: the address for streamed text; None for whole utterances.
        connect: whether to connect now rather than on first use.
        on_lost: called in the loop when the connection breaks while it is idle.

    Raises:
        ProviderError: the SDK refuses the configuration, or nobody is signed in.
    """
    module = sdk.module
    try:
        config = sdk.config(endpoint)
        config.set_speech_synthesis_output_format(
            getattr(module.SpeechSynthesisOutputFormat, _FORMATS[options.sample_rate])
        )
        if endpoint is not None:  # otherwise the SSML names the voice
            config.speech_synthesis_voice_name = options.voice
            if options.language:
                config.speech_synthesis_language = options.language
        for name, value in _properties(options, streamed=endpoint is not None).items():
            set_property(module, config, name, value)
        return SynthesisConnection(
            module,
            sdk.apply_overrides(config),
            loop,
            word_timings=family_of(options.voice).word_timings,
            connect=connect,
            on_lost=on_lost,
        )
    except RuntimeError as error:
        raise failure(options, "tts", "RuntimeError") from error


def _properties(options: AzureSynthesizerOptions, *, streamed: bool) -> dict[str, str]:
    first = _STREAM_PAUSE if streamed else options.first_sound_timeout
    pause = _STREAM_PAUSE if streamed else options.sound_timeout
    return {
        "SpeechSynthesis_FirstChunkTimeoutMs": f"{first * 1000:.0f}",
        "SpeechSynthesis_FrameTimeoutInterval": f"{pause * 1000:.0f}",
        "SpeechSynthesis_RtfTimeoutThreshold": "0",  # otherwise a pause may last twice the audio before it
        "SpeechSynthesis_MaxRetryTimes": "0",  # we retry ourselves, over another connection
    }
