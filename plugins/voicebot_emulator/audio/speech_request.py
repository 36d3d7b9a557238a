"""Requests for speech, checked as strictly as OpenAI checks them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voicebot_emulator.audio.models import find, invalid, speaks

if TYPE_CHECKING:
    from voicebot_emulator.http.visit import Visit

_OLDER_VOICES = ("alloy", "ash", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer")
VOICES = (*_OLDER_VOICES, "ballad", "verse", "marin", "cedar")
_FORMATS = ("mp3", "opus", "aac", "flac", "wav", "pcm")
_MADE_HERE = ("wav", "pcm")
_LONGEST, _MOST_TOKENS = 4096, 2000
_KNOWN = {"model", "input", "voice", "instructions", "response_format", "speed", "stream_format"}


@dataclass(frozen=True, slots=True)
class SpeechCall:
    """A valid request."""

    text: str
    voice: str
    format: str
    speed: float
    events: bool
    """Whether the sound is sent as events."""


def read(visit: Visit, text: str) -> SpeechCall:
    """Read a request.

    Raises:
        Refusal: the service would refuse the request.
    """
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise invalid("We could not parse the JSON body of your request.")
    model = find(visit, body.get("model"))
    if not speaks(model):
        raise invalid(f"The model {model} cannot be used for speech.", "invalid_value", "model")
    for name in body:
        if name not in _KNOWN:
            raise invalid(f"Unknown parameter: '{name}'.", "unknown_parameter", name)
    _check_text(body.get("input"), model)
    _check_voice(body.get("voice"), model)
    form = _one_of(body, "response_format", _FORMATS, "mp3")
    if form not in _MADE_HERE:
        raise invalid(
            f"The emulator makes {' and '.join(_MADE_HERE)} only.", "invalid_value", "response_format"
        )
    events = _one_of(body, "stream_format", ("audio", "sse"), "audio") == "sse"
    if events and model.startswith("tts-1"):
        raise invalid(f"'sse' is not supported by {model}.", "unsupported_value", "stream_format")
    if not isinstance(body.get("instructions", ""), str):
        raise invalid("'instructions' must be text.", "invalid_type", "instructions")
    speed = body.get("speed", 1)
    if isinstance(speed, bool) or not isinstance(speed, int | float) or not 0.25 <= speed <= 4:
        raise invalid(f"Invalid 'speed': {speed!r} is not between 0.25 and 4.", "invalid_value", "speed")
    return SpeechCall(body["input"], body["voice"], form, float(speed), events)


def _check_text(text: Any, model: str) -> None:
    if not isinstance(text, str):
        raise invalid("Missing required parameter: 'input'.", "missing_required_parameter", "input")
    if not text:
        raise invalid(
            "Invalid 'input': string too short. Expected a string with minimum length 1.",
            "string_below_min_length",
            "input",
        )
    if len(text) > _LONGEST:
        raise invalid(
            f"Invalid 'input': string too long. Expected a string with maximum length {_LONGEST}, but got a "
            f"string with length {len(text)} instead.",
            "string_above_max_length",
            "input",
        )
    if not model.startswith("tts-1") and len(text.encode("utf-8", "replace")) / 4 > _MOST_TOKENS:
        raise invalid(f"The input is longer than {_MOST_TOKENS} tokens.", "input_too_long", "input")


def _check_voice(voice: Any, model: str) -> None:
    if voice is None:
        raise invalid("Missing required parameter: 'voice'.", "missing_required_parameter", "voice")
    voices = _OLDER_VOICES if model.startswith("tts-1") else VOICES
    if voice not in voices:
        supported = ", ".join(f"'{name}'" for name in voices)
        raise invalid(
            f"Invalid value: '{voice}'. Supported values are: {supported}.", "invalid_value", "voice"
        )


def _one_of(body: dict[str, Any], name: str, values: tuple[str, ...], default: str) -> str:
    value = body.get(name, default)
    if value not in values:
        supported = ", ".join(f"'{value}'" for value in values)
        raise invalid(f"Invalid value: '{value}'. Supported values are: {supported}.", "invalid_value", name)
    return str(value)
