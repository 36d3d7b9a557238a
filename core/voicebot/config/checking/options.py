"""Making an options object from a section of a config, or reporting everything that prevents it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from voicebot.config.checking import field_types
from voicebot.config.checking.secret_names import is_probably_secret
from voicebot.config.checking.validation_errors import Subject, validation_problems
from voicebot.config.reading.tree import Entry, Place, Scalar, find, to_data
from voicebot.config.reading.value_text import value_name, value_text
from voicebot.errors import Problem
from voicebot.plugin.choice import UNSELECTED, Choice
from voicebot.redaction import PrivateText

ModelT = TypeVar("ModelT", bound=BaseModel)
Select: TypeAlias = Callable[[str, Entry], Choice[Any] | None]
"""Returns the provider of a kind that a section selects, or None after reporting its problems."""
_PLAIN_SECRET = (
    "{} is a secret in plain text; put it in the environment or a .env file, and write ${{NAME}} here"
)


def check(
    model: type[ModelT],
    subject: Subject,
    problems: list[Problem],
    *,
    select: Select | None = None,
    from_file: bool = True,
) -> ModelT | None:
    """Return the options that a section describes; add what is wrong to `problems`.

    Args:
        select: selects the providers that options name; not needed if none of them can.
        from_file: resolve relative paths from the directory of the file that holds them, and warn of
            secrets in plain text; otherwise (on the command line) do neither.
    """
    replacements: dict[int, Any] = {}
    placeholders = _placeholders(model, subject) if select is not None else {}
    reported = {problem.message for problem in problems}  # of a variable that several options use
    problems.extend(problem for problem in placeholders.values() if problem.message not in reported)
    for path, scalar, types in field_types.typed_scalars((model,), subject.section):
        if isinstance(scalar.value, bool) and _is_number(types):
            replacements[id(scalar)] = scalar.text  # pydantic would take `yes` for 1
        elif isinstance(scalar.value, bool) and scalar.text in types and bool not in types:
            replacements[id(scalar)] = scalar.text  # a choice of that name, such as `off`
        elif from_file and _is_path(scalar, types):
            replacements[id(scalar)] = Path(scalar.place.file).parent / os.path.expanduser(scalar.value)
        if (
            from_file
            and (
                field_types.is_secret(types)
                and PrivateText not in types
                and scalar.text
                and not scalar.variables
            )
            and (not field_types.is_entry(model, path) or is_probably_secret(str(path[-1]), scalar.text))
        ):
            problems.append(
                scalar.place.problem(_PLAIN_SECRET.format(value_name(path, subject.owner)), "warning")
            )
    if select is not None:
        for kind, entry in field_types.selections((model,), Entry(subject.place, subject.section)):
            choice = select(kind, entry)
            replacements[id(entry.node)] = UNSELECTED if choice is None else choice
    for place, option, advice in field_types.deprecated_options((model,), subject.section):
        problems.append(place.problem(f"the option '{option}' is deprecated: {advice}", "warning"))
    try:
        options = _validate(model, subject, replacements)
    except ValidationError as error:
        found = validation_problems(subject, error)
        problems.extend(p for p in found if Place(p.file, p.line, p.column) not in placeholders)
        return None
    return None if placeholders else options  # advice about a placeholder would only confuse


def _placeholders(model: type[BaseModel], subject: Subject) -> dict[Place, Problem]:
    """Return a problem for each option of a provider that still holds a placeholder."""
    found: dict[Place, Problem] = {}
    for path, scalar, types in field_types.typed_scalars((model,), subject.section):
        secret, from_variable = field_types.is_secret(types), bool(scalar.variables)
        # deeper down, a text may be what a bot says
        if not (secret or (str in types and (from_variable or len(path) == 1))) or not isinstance(
            scalar.value, str
        ):
            continue
        from voicebot.config.checking.placeholders import is_placeholder  # with many regular expressions

        if not scalar.unset and is_placeholder(scalar.text, secret=secret, from_variable=from_variable):
            name = value_name(path, subject.owner)
            found[scalar.place] = scalar.place.problem(
                f"{name} is still a placeholder{_variable_of(scalar)}; replace it with your own value"
            )
    return found


def _variable_of(scalar: Scalar) -> str:
    """Return which variable holds the value, which is not shown: it may be a secret."""
    return f" ({value_text(scalar)})" if scalar.variables else ""


def _validate(model: type[ModelT], subject: Subject, replacements: dict[int, Any]) -> ModelT:
    """Validate; if text is expected and a variable holds a number, try again with its text."""
    try:
        return model.model_validate(to_data(subject.section, replacements))
    except ValidationError as error:
        retyped = {
            id(node): node.text
            for details in error.errors(include_url=False, include_input=False, include_context=False)
            if details["type"] == "string_type"
            and isinstance(node := find(subject.section, details["loc"]).node, Scalar)
            and node.variables
            and node.value != node.text
        }
        if not retyped:
            raise
        return model.model_validate(to_data(subject.section, replacements | retyped))


def _is_number(types: field_types.Types) -> bool:
    """Return whether a value can be a number, but nothing that `yes` could be."""
    return (int in types or float in types) and not any(kind in types for kind in (bool, Any, object))


def _is_path(scalar: Scalar, types: field_types.Types) -> bool:
    """Return whether a value can only be a path, neither a name nor a word such as `-`."""
    return (
        any(isinstance(kind, type) and issubclass(kind, PurePath) for kind in types)
        and isinstance(scalar.value, str)
        and scalar.text != ""
        and str not in types
        and scalar.value not in types
    )
