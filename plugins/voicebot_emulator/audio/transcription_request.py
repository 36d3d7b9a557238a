"""Requests for a transcription, checked as strictly as OpenAI checks them."""

from __future__ import annotations

import io
import re
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from voicebot_emulator.audio.models import LANGUAGES, check_context, find, invalid, is_live, transcribes
from voicebot_emulator.http.admission import LARGEST_BODY

if TYPE_CHECKING:
    from voicebot_emulator.http.visit import Visit

FILE_TYPES = ("flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm")
SHORTEST = 0.1
"""Seconds of sound."""
_FORMATS = ("json", "text", "srt", "verbose_json", "vtt", "diarized_json")
_KNOWN = {
    *(
        "file",
        "model",
        "chunking_strategy",
        "include",
        "keywords",
        "known_speaker_names",
        "language",
        "languages",
    ),
    *(
        "known_speaker_references",
        "prompt",
        "response_format",
        "stream",
        "temperature",
        "timestamp_granularities",
    ),
}
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}


@dataclass(frozen=True, slots=True)
class TranscriptionCall:
    """A valid request; `sound` is mono s16le at `rate` Hz."""

    model: str
    sound: bytes
    rate: int
    format: str
    stream: bool
    languages: tuple[str, ...]
    phrases: tuple[str, ...]


async def read(visit: Visit) -> TranscriptionCall:
    """Read a request.

    Raises:
        Refusal: the service would refuse the request.
    """
    if not visit.request.content_type.startswith("multipart/form-data"):
        raise invalid("Could not parse multipart form.")
    fields, file = await _parts(visit)
    visit.note("in", "transcription", body=str(fields), size=len(file[1]) if file else 0)
    model = find(visit, _one(fields, "model"))
    _check_fields(fields, model)
    if file is None:
        raise invalid("Missing required parameter: 'file'.", "missing_required_parameter", "file")
    sound, rate = read_sound(*file)
    languages = fields.get("languages") or ([_one(fields, "language")] if "language" in fields else [])
    phrases = fields.get("keywords") or [_one(fields, "prompt")]
    return TranscriptionCall(
        model,
        sound,
        rate,
        _one(fields, "response_format") or "json",
        _BOOLEANS[_one(fields, "stream") or "false"] and not model.startswith("whisper-1"),
        tuple(languages),
        tuple(filter(None, phrases)),
    )


async def _parts(visit: Visit) -> tuple[dict[str, list[str]], tuple[str, bytes] | None]:
    """Return the fields of a form, and its file."""
    from aiohttp import BodyPartReader, web

    fields: dict[str, list[str]] = {}
    file: tuple[str, bytes] | None = None
    size = 0
    try:
        async for part in await visit.request.multipart():
            if not isinstance(part, BodyPartReader):
                raise ValueError("a form within a form")
            content = bytes(await part.read())
            size += len(content)
            if size > LARGEST_BODY:
                raise web.HTTPRequestEntityTooLarge(LARGEST_BODY, size)
            if part.name == "file":
                file = part.filename or "", content
            else:
                fields.setdefault((part.name or "").removesuffix("[]"), []).append(content.decode())
    except ValueError:
        raise invalid("Could not parse multipart form.") from None
    return fields, file


def _check_fields(fields: Mapping[str, Sequence[str]], model: str) -> None:
    if not transcribes(model) or is_live(model):
        raise invalid(f"The model {model} is not supported for transcriptions.", "invalid_value", "model")
    for name in fields:
        if name not in _KNOWN:
            raise invalid(f"Unknown parameter: '{name}'.", "unknown_parameter", name)
    check_context(model, fields)
    form = _one(fields, "response_format") or "json"
    if form not in _FORMATS:
        raise invalid(f"Invalid value: '{form}'.", "invalid_value", "response_format")
    if form != "json" and not model.startswith("whisper-1"):
        raise invalid(
            f"response_format '{form}' is not compatible with model '{model}'. Use 'json' instead.",
            "unsupported_value",
            "response_format",
        )
    if (_one(fields, "stream") or "false") not in _BOOLEANS:
        raise invalid("'stream' must be true or false.", "invalid_value", "stream")
    if re.fullmatch(r"0(\.\d+)?|1(\.0+)?", _one(fields, "temperature") or "0") is None:
        raise invalid("'temperature' must be between 0 and 1.", "invalid_value", "temperature")
    for language in (*fields.get("language", ()), *fields.get("languages", ())):
        if language not in LANGUAGES:
            raise invalid(
                f"Invalid language '{language}'. Language parameter must be specified in ISO-639-1 format.",
                "invalid_language_format",
                "language",
            )


def read_sound(name: str, content: bytes) -> tuple[bytes, int]:
    """Return the sound of a file, and its rate.

    Raises:
        Refusal: it is not a WAV file of mono PCM with 16 bits, or is too short.
    """
    if PurePath(name).suffix.removeprefix(".").lower() not in FILE_TYPES:
        formats = ", ".join(f"'{kind}'" for kind in FILE_TYPES)
        raise invalid(f"Unrecognized file format. Supported formats: [{formats}]", "invalid_value", "file")
    try:
        with wave.open(io.BytesIO(content), "rb") as file:
            if (file.getnchannels(), file.getsampwidth()) != (1, 2):
                raise invalid("The emulator reads mono WAV files with 16 bits only.", "invalid_value", "file")
            sound, rate = file.readframes(file.getnframes()), file.getframerate()
    except (wave.Error, EOFError):
        raise invalid("Audio file might be corrupted or unsupported", "invalid_value", "file") from None
    if len(sound) < SHORTEST * rate * 2:
        raise invalid(
            f"Audio file is too short. Minimum audio length is {SHORTEST:g} seconds.",
            "audio_too_short",
            "file",
        )
    return sound, rate


def _one(fields: Mapping[str, Sequence[str]], name: str) -> str:
    return fields.get(name, ("",))[-1]
