"""Refusals of chat completions, in the service's words as far as they are known."""

from __future__ import annotations

import re

from voicebot_emulator.http.refusals import Refusal

_LONGEST_NAME = 64
_NAME = re.compile(r"[a-zA-Z0-9_-]+")


def invalid(message: str, code: str | None = None, param: str | None = None) -> Refusal:
    """Return the refusal of an invalid request."""
    return Refusal(400, message, code=code, type="invalid_request_error", param=param)


def missing(where: str) -> Refusal:
    """Return the refusal of a request that lacks a parameter."""
    return invalid(f"Missing required parameter: '{where}'.", "missing_required_parameter", where)


def unknown(where: str) -> Refusal:
    """Return the refusal of a request with a parameter that does not exist."""
    return invalid(f"Unknown parameter: '{where}'.", "unknown_parameter", where)


def unsupported(name: str, instead: str = "") -> Refusal:
    """Return the refusal of a parameter that the model does not take."""
    message = f"Unsupported parameter: '{name}' is not supported with this model.{instead}"
    return invalid(message, "unsupported_parameter", name)


def bad_value(name: str, value: object, supported: str) -> Refusal:
    """Return the refusal of a value that the model does not take."""
    message = f"Unsupported value: '{name}' does not support {value!r} with this model. {supported}"
    return invalid(message, "unsupported_value", name)


def check_length(text: str, most: int, where: str) -> None:
    """Refuse a text that is too long.

    Raises:
        Refusal: it has more than `most` characters.
    """
    if len(text) > most:
        raise invalid(
            f"Invalid '{where}': string too long. Expected a string with maximum length {most}, but got a "
            f"string with length {len(text)} instead.",
            "string_above_max_length",
            where,
        )


def check_count(items: list[object], most: int, where: str) -> None:
    """Refuse a list that is empty or too long.

    Raises:
        Refusal: it has no items, or more than `most`.
    """
    if not items:
        raise invalid(
            f"Invalid '{where}': empty array. Expected an array with minimum length 1, but got an empty "
            "array instead.",
            "empty_array",
            where,
        )
    if len(items) > most:
        raise invalid(
            f"Invalid '{where}': array too long. Expected an array with maximum length {most}, but got an "
            f"array with length {len(items)} instead.",
            "array_above_max_length",
            where,
        )


def check_name(name: object, where: str) -> str:
    """Return the name of a function.

    Raises:
        Refusal: it is missing, too long, or has characters that a name cannot have.
    """
    if not isinstance(name, str):
        raise missing(where)
    check_length(name, _LONGEST_NAME, where)
    if not _NAME.fullmatch(name):
        raise invalid(
            f"Invalid '{where}': string does not match pattern. Expected a string that matches the pattern "
            "'^[a-zA-Z0-9_-]+$'.",
            "invalid_value",
            where,
        )
    return name
