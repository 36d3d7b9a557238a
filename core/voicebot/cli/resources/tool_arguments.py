"""A tool's arguments from words of the command line, `name=value`, read by the types of its schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from voicebot.config.suggestions import did_you_mean, joined

_SWITCHES = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_NAMES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "a JSON object",
}
_NOTHING = object()


def arguments_from(words: Sequence[str], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments by name; a name that is repeated adds to a list.

    Raises:
        ValueError: a word does not fit the schema, or an argument is missing; the message says which.
    """
    texts: dict[str, list[str]] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name:
            raise ValueError(f"'{word}' must have the form NAME=VALUE")
        texts.setdefault(name, []).append(text)
    properties = schema.get("properties") or {}
    for name in texts:
        if name not in properties:
            known = (
                did_you_mean(name, properties)
                or f"; there are {joined(properties) if properties else 'none'}"
            )
            raise ValueError(f"there is no argument '{name}'{known}")
    if missing := [name for name in schema.get("required", ()) if name not in texts]:
        raise ValueError(f"an argument is missing: {joined(missing)}")
    return {name: _value(name, given, properties[name], schema) for name, given in texts.items()}


def arguments_from_json(text: str) -> dict[str, Any]:
    """Return arguments from a JSON object; raise `ValueError` if it is none."""
    try:
        arguments = json.loads(text)
    except ValueError as error:
        raise ValueError(f"it is not JSON: {error}") from None
    if not isinstance(arguments, dict):
        raise ValueError('it must be a JSON object, such as \'{"city": "Bonn"}\'')
    return arguments


def _value(name: str, texts: Sequence[str], schema: object, root: Mapping[str, Any]) -> Any:
    described = list(_described(schema, root))
    choices = [choice for each in described for choice in _choices(each)]
    kinds = [kind for each in described for kind in _kinds(each)]
    items = next((each["items"] for each in described if "items" in each), True)
    if "array" in kinds and not (len(texts) == 1 and texts[0].lstrip().startswith("[")):
        return [_value(name, [text], items, root) for text in texts]
    if len(texts) > 1:
        raise ValueError(f"'{name}' is given {len(texts)} times; it is not a list")
    text = texts[0]
    for choice in choices:
        if text == (choice if isinstance(choice, str) else json.dumps(choice)):
            return choice
    if choices and not kinds:
        shown = (choice if isinstance(choice, str) else json.dumps(choice) for choice in choices)
        raise ValueError(f"'{name}' must be {joined(shown, 'or')}, not '{text}'")
    for kind in sorted(kinds, key=lambda kind: kind == "string"):  # which takes anything
        if (value := _read(text, kind)) is not _NOTHING:
            return value
    if kinds:
        names = joined(dict.fromkeys(_NAMES.get(kind, kind) for kind in kinds), "or")
        raise ValueError(f"'{name}' must be {names}, not '{text}'")
    value = _as_json(text)
    return text if value is _NOTHING else value


def _described(schema: object, root: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a schema, or what it refers to, and its alternatives."""
    if not isinstance(schema, Mapping):
        return
    reference = schema.get("$ref")
    if isinstance(reference, str):
        target: Any = root
        for step in reference.removeprefix("#/").split("/"):
            target = target.get(step) if isinstance(target, Mapping) else None
        yield from _described(target, root)
        return
    yield schema
    for keyword in ("anyOf", "oneOf", "allOf"):
        for alternative in schema.get(keyword) or ():
            yield from _described(alternative, root)


def _choices(schema: Mapping[str, Any]) -> list[Any]:
    return list(schema.get("enum") or ([schema["const"]] if "const" in schema else []))


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    """Return the types that a value may have; none if its choices are listed."""
    kind = schema.get("type", [])
    return [] if _choices(schema) else [kind] if isinstance(kind, str) else list(kind)


def _read(text: str, kind: str) -> Any:
    """Return a text as a value of a type, or `_NOTHING` if it is none."""
    if kind == "string":
        return text
    if kind == "boolean":
        return _SWITCHES.get(text.lower(), _NOTHING)
    value = _as_json(text)
    match kind:
        case "integer":
            fits = isinstance(value, int) and not isinstance(value, bool)
        case "number":
            fits = isinstance(value, int | float) and not isinstance(value, bool)
        case "null":
            fits = value is None
        case "array":
            fits = isinstance(value, list)
        case _:
            fits = isinstance(value, dict)
    return value if fits else _NOTHING


def _as_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return _NOTHING
