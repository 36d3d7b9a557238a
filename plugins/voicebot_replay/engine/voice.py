"""What the bot said then, as it sounded: the engine compares what the microphone hears with it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from io import BytesIO

from voicebot import (
    AudioChunk,
    AudioFormat,
    ConfigChanged,
    ConversationDetail,
    ConversationEvent,
    ProviderAnswered,
    Resampler,
    UnitSpoken,
)
from voicebot_recording.reading import RecordedSound, Recording, RecordingError
from voicebot_replay.exchanges import Exchange, exchanges
from voicebot_replay.providers.speech_stream import sound_bytes, spoken_text


def spoken(
    recording: Recording, events: Sequence[ConversationEvent | ConversationDetail], audio: AudioFormat
) -> list[Exchange]:
    """Return the requests to synthesizers; all sound is in one format, and as long as it was in another.

    What was played sounds as it did then if the microphone could hear it, and anything else is silence.
    """
    requests = exchanges(events, "synthesizer")
    changes = [(each.at, each.voice) for each in events if isinstance(each, ConfigChanged) and each.voice]
    units = [each for each in events if isinstance(each, UnitSpoken)]
    can_echo = recording.header.get("live", True) and recording.header.get("microphone")
    sound = recording.sound if can_echo else None
    for request in requests:
        then = next((voice for at, voice in reversed(changes) if at <= request.at), audio)
        if then != audio:
            request.answers = [_converted(each, then, audio) for each in request.answers]
        text = spoken_text(request)
        begun = next((each.at for each in units if each.at >= request.at and each.text == text), None)
        if sound is not None and begun is not None:
            with suppress(RecordingError):  # where it is damaged, the user cannot be heard either
                request.answers = _sounding(request, sound, begun, audio)
    return requests


def _sounding(
    request: Exchange, sound: RecordedSound, begun: float, audio: AudioFormat
) -> list[ProviderAnswered]:
    """Return the answers to a request with the sound that was played from a second on."""
    size = sound_bytes(request)
    resampler = Resampler(AudioFormat(sound.rate), audio)
    played = resampler.write(sound.bot_from(begun, audio.seconds_in(size))) + resampler.flush()
    rest = BytesIO(played.ljust(size, b"\0"))
    return [
        replace(each, answer=AudioChunk(rest.read(len(each.answer.audio))))
        if isinstance(each.answer, AudioChunk)
        else each
        for each in request.answers
    ]


def _converted(answered: ProviderAnswered, before: AudioFormat, after: AudioFormat) -> ProviderAnswered:
    if not isinstance(answered.answer, AudioChunk):
        return answered
    seconds = before.seconds_in(len(answered.answer.audio))
    return replace(answered, answer=AudioChunk(bytes(after.bytes_in(seconds))))
