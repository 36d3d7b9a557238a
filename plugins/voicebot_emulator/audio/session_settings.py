"""The settings of a transcription session, checked as strictly as OpenAI checks them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voicebot_emulator.audio.models import (
    LANGUAGES,
    check_context,
    invalid,
    is_live,
    takes_keywords,
    transcribes,
)

if TYPE_CHECKING:
    from voicebot_emulator.http.visit import Visit

RATE = 24_000
_DELAYS = ("minimal", "low", "medium", "high", "xhigh")
_NOISE = ("near_field", "far_field")
_FIELDS = ("format", "transcription", "turn_detection", "noise_reduction")
_INPUT = "session.audio.input"


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """Valid settings; `model` is empty while nothing is transcribed."""

    model: str = ""
    name: str = ""
    """How the client names the model."""
    languages: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    detects_turns: bool = True
    """Whether the server, not the client, commits."""

    @property
    def live(self) -> bool:
        """Whether words come before a commit."""
        return is_live(self.model)


def read(visit: Visit, session: object) -> SessionSettings:
    """Read the settings in an update.

    Raises:
        Refusal: the service would refuse the update.
    """
    given = _object(session, "session")
    if given.get("type") != "transcription":
        raise invalid(
            "Passing a transcription session update event to a session of another type, or "
            "without 'session.type', is not allowed.",
            "invalid_session_type",
            "session.type",
        )
    _only(given, ("type", "audio", "include"), "session")
    audio = _object(given.get("audio", {}), "session.audio")
    _only(audio, ("input",), "session.audio")
    given = dict(_object(audio.get("input", {}), _INPUT))
    _only(given, _FIELDS, _INPUT)
    _check_format(given.pop("format", None))
    noise = given.get("noise_reduction")
    if noise is not None and _object(noise, f"{_INPUT}.noise_reduction").get("type") not in _NOISE:
        raise _wrong(noise, f"{_INPUT}.noise_reduction.type")
    settings = _transcription(visit, given.get("transcription"))
    detects = given.get("turn_detection", {}) is not None
    if detects and settings[0] and is_live(settings[0]) and "turn_detection" in given:
        raise invalid(
            f"turn_detection must be null for {settings[0]}.", "invalid_value", f"{_INPUT}.turn_detection"
        )
    return SessionSettings(*settings, detects_turns=detects)


def _check_format(form: object) -> None:
    if form is None:
        return
    given = _object(form, f"{_INPUT}.format")
    if given.get("type") not in ("audio/pcm", "audio/pcmu", "audio/pcma"):
        raise _wrong(given.get("type"), f"{_INPUT}.format.type")
    if given["type"] == "audio/pcm" and given.get("rate", RATE) != RATE:
        where = f"{_INPUT}.format.rate"
        message = f"Invalid '{where}': expected a value of {RATE}, but got {given.get('rate')} instead."
        raise invalid(message, "invalid_value", where)


def _transcription(visit: Visit, given: object) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
    where = f"{_INPUT}.transcription"
    if given is None:
        return "", "", (), ()
    fields = _object(given, where)
    _only(fields, ("model", "language", "languages", "prompt", "keywords", "delay"), where)
    name = fields.get("model")
    if name is None:
        raise invalid(
            f"Missing required parameter: '{where}.model'.", "missing_required_parameter", f"{where}.model"
        )
    model = visit.models.get(str(name), "")
    if not transcribes(model) or visit.fault("unknown-deployment"):
        raise _wrong(
            name, f"{where}.model", (known for known in visit.models if transcribes(visit.models[known]))
        )
    check_context(model, fields, f"{where}.")
    if "prompt" in fields and model.startswith("gpt-realtime-whisper"):
        raise invalid(f"'prompt' is not supported by {model}.", "unsupported_parameter", f"{where}.prompt")
    if "delay" in fields and (fields["delay"] not in _DELAYS or not is_live(model)):
        raise _wrong(fields["delay"], f"{where}.delay", _DELAYS)
    languages = (*_texts(fields, "languages", where), *_text(fields, "language", where))
    for language in languages:
        if language not in LANGUAGES:
            raise _wrong(language, f"{where}.language{'s' if takes_keywords(model) else ''}", LANGUAGES)
    phrases = (*_texts(fields, "keywords", where), *_text(fields, "prompt", where))
    return model, str(name), languages, phrases


def _text(fields: Mapping[str, object], name: str, where: str) -> tuple[str, ...]:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise invalid(
            f"Invalid type for '{where}.{name}': expected a string.", "invalid_type", f"{where}.{name}"
        )
    return (value,) if value else ()


def _texts(fields: Mapping[str, object], name: str, where: str) -> tuple[str, ...]:
    values = fields.get(name)
    if values is None:
        return ()
    if not (isinstance(values, list) and all(isinstance(value, str) for value in values)):
        message = f"Invalid type for '{where}.{name}': expected an array of strings."
        raise invalid(message, "invalid_type", f"{where}.{name}")
    return tuple(values)


def _object(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise invalid(f"Invalid type for '{where}': expected an object.", "invalid_type", where)
    return dict(value)


def _only(given: Mapping[str, object], known: Iterable[str], where: str) -> None:
    for name in given:
        if name not in set(known):
            raise invalid(f"Unknown parameter: '{where}.{name}'.", "unknown_parameter", f"{where}.{name}")


def _wrong(value: object, where: str, supported: Iterable[str] = ()) -> Exception:
    values = ", ".join(f"'{known}'" for known in supported)
    hint = f" Supported values are: {values}." if values else ""
    return invalid(f"Invalid value: '{value}'.{hint}", "invalid_value", where)
