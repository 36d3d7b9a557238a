"""What pydantic found wrong, in plain words and with the place in the config."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from voicebot.config.checking import field_types
from voicebot.config.reading.tree import Found, Items, Keys, Place, Scalar, Section, find, scalars
from voicebot.config.reading.value_text import value_name, value_text
from voicebot.config.suggestions import did_you_mean, joined, nearest
from voicebot.dataclass import dataclass
from voicebot.errors import Problem
from voicebot.plugin.choice import NOT_SELECTED

MAX_PROBLEMS = 200
"""Problems of a kind to look for: a file with more of them is not a config."""
_NUMBER, _WHOLE, _BOOL, _TEXT = "a number", "a whole number", "true or false", "text"
_LIST, _MAPPING, _PATH = "a list", "a mapping", "a path"
_EXPECTED = {
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_parsing": _NUMBER,
    "finite_number": "a finite number",
    "bool_type": _BOOL,
    "bool_parsing": _BOOL,
    "string_type": _TEXT,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "dict_type": _MAPPING,
    "mapping_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "path_type": _PATH,
    "none_required": "empty",
}
_LIMITS = {
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "multiple_of": "must be a multiple of {multiple_of}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "must match the pattern {pattern}",
    "too_short": "must have at least {min_length} items",
    "too_long": "must have at most {max_length} items",
    "path_not_file": "must be a file that exists",
    "path_not_directory": "must be a directory that exists",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked: a model, the section it is made from, the owner of the options and their place.

    `complete` is False if a value may be missing only because a config that this one extends could not be
    read.
    """

    model: type[BaseModel]
    section: Section
    owner: str
    place: Place
    complete: bool = True


def validation_problems(subject: Subject, error: ValidationError) -> Iterator[Problem]:
    """Yield a problem for everything in `error` that is the config's fault and not reported elsewhere."""
    groups: dict[Keys, list[tuple[Found, ErrorDetails]]] = {}
    deeper: set[Keys] = set()
    errors = error.errors(include_url=False, include_input=False)[:MAX_PROBLEMS]
    misspelled = {
        _intended(subject, find(subject.section, d["loc"])) for d in errors if d["type"] == "extra_forbidden"
    }
    unselected = {find(subject.section, d["loc"]).path for d in errors if d["type"] == NOT_SELECTED}
    for details in errors:
        found = find(subject.section, details["loc"])
        if details["type"] != "missing" and any(path[: len(found.path)] == found.path for path in unselected):
            continue  # it may also concern a list whose items were not counted
        if details["type"] == "too_short" and _has_enough(found, details):
            continue  # pydantic does not count items with mistakes, which have problems of their own
        if details["type"] == "missing":
            deeper.add((*found.path, found.rest[-1]))
            if subject.complete and (found.path, str(found.rest[-1])) not in misspelled:
                yield _missing(subject, found)
        elif details["type"] == "extra_forbidden":
            deeper.add(found.path)
            yield _unknown(subject, found)
        elif not any(scalar.unset for scalar in scalars(found.node)):
            groups.setdefault(found.path, []).append((found, details))
    for path, group in groups.items():
        if all(found.rest for found, _ in group) and any(
            _is_below(other, path) for other in deeper | groups.keys()
        ):
            continue  # a union's other members; the one that was meant has a problem deeper down
        yield _value_problem(subject, group[0][0], [details for _, details in group])


def _has_enough(found: Found, details: ErrorDetails) -> bool:
    return isinstance(found.node, Items) and len(found.node.items) >= details["ctx"]["min_length"]


def _is_below(path: Keys, outer: Keys) -> bool:
    return len(path) > len(outer) and path[: len(outer)] == outer


def _missing(subject: Subject, found: Found) -> Problem:
    name = str(found.rest[-1])
    place = found.place if found.path else subject.place
    return place.problem(f"{value_name(found.path, subject.owner)} needs the option '{name}'")


def _unknown(subject: Subject, found: Found) -> Problem:
    outer, key = found.path[:-1], found.path[-1]
    option = f"option '{key}' of {value_name(outer, subject.owner)}"
    known = _known(subject, outer)
    advice = did_you_mean(str(key), known)
    if not advice:
        advice = f"; its options are {joined(known)}" if known else "; it has no options"
    return found.key.problem(f"unknown {option}{advice}")


def _intended(subject: Subject, unknown: Found) -> tuple[Keys, str | None]:
    """Return the option probably meant by an unknown one, so that it is not reported as missing too."""
    outer = unknown.path[:-1]
    return outer, nearest(str(unknown.path[-1]), _known(subject, outer))


def _known(subject: Subject, path: Keys) -> list[str]:
    described = field_types.models(field_types.types_at(subject.model, path))
    names = (
        name
        for model in described
        for name, info in field_types.fields(model).items()
        if info.deprecation_message is None
    )
    return list(dict.fromkeys(names))


def _value_problem(subject: Subject, found: Found, group: list[ErrorDetails]) -> Problem:
    hidden = field_types.is_secret(field_types.types_at(subject.model, found.path))
    value = "" if hidden else f", not {value_text(found.node)}"
    name = value_name(found.path, subject.owner)
    for details in group:
        context = details.get("ctx", {})
        if limit := _LIMITS.get(details["type"]):
            return found.place.problem(f"{name} {limit.format(**_whole_numbers(context))}{value}")
        if isinstance(context.get("error"), Exception):  # a plugin's own validator
            return found.place.problem(_redacted(subject, f"{name}: {context['error']}"))
    expected = [_EXPECTED[d["type"]] for d in group if d["type"] in _EXPECTED]
    choices = _choices(group)
    if choices:
        expected.append(f"one of {joined(choices, 'or')}" if len(choices) > 1 else choices[0])
    if not expected:
        message = re.sub(r"^Input should be", "must be", group[0]["msg"])
        return found.place.problem(_redacted(subject, f"{name} {message[0].lower()}{message[1:]}"))
    near = "" if hidden or not isinstance(found.node, Scalar) else did_you_mean(found.node.text, choices)
    if not near and _TEXT in expected and _wants_quotes(found):
        near = "; put quotes around it"
    if not hidden and expected == [_MAPPING]:
        near = _spelled_out(subject, found)
    return found.place.problem(f"{name} must be {joined(dict.fromkeys(expected), 'or')}{value}{near}")


def _spelled_out(subject: Subject, found: Found) -> str:
    """Return how to write a value that belongs to one of the options below this one."""
    if not isinstance(found.node, Scalar) or not found.path or isinstance(found.path[-1], int):
        return ""
    for model in field_types.models(field_types.types_at(subject.model, found.path)):
        for name, info in field_types.fields(model).items():
            if found.node.text and found.node.text in field_types.members(info.annotation):
                return f"; write `{found.path[-1]}: {{{name}: {found.node.text}}}`"
    return ""


def _whole_numbers(context: dict[str, Any]) -> dict[str, Any]:
    """Show whole limits without a fraction, whatever the type of the option."""
    return {k: int(v) if isinstance(v, float) and v.is_integer() else v for k, v in context.items()}


def _wants_quotes(found: Found) -> bool:
    node = found.node
    return isinstance(node, Scalar) and not node.quoted and node.value is not None


def _choices(group: list[ErrorDetails]) -> list[str]:
    found: list[str] = []
    for details in group:
        if details["type"] in ("literal_error", "enum"):
            expected = details["ctx"]["expected"]
            found += re.findall(r"'((?:[^'\\]|\\.)*)'", expected) or re.split(r", | or ", expected)
    return list(dict.fromkeys(found))


def _redacted(subject: Subject, message: str) -> str:
    """Remove secrets from a message that is not ours."""
    for _, scalar, types in field_types.typed_scalars((subject.model,), subject.section):
        if scalar.text and field_types.is_secret(types):
            message = message.replace(scalar.text, "***")
    return " ".join(message.split())
