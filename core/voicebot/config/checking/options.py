"""Making an options object of a section of a config, or saying all that stands in the way."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from voicebot.config.checking import field_types
from voicebot.config.checking.placeholders import is_placeholder
from voicebot.config.checking.validation_errors import Subject, complaints
from voicebot.config.reading.tree import Entry, Place, Scalar, find, values
from voicebot.config.words import called, shown
from voicebot.errors import Problem
from voicebot.plugin.choice import UNSELECTED, Choice

ModelT = TypeVar("ModelT", bound=BaseModel)
Select: TypeAlias = Callable[[str, Entry], Choice[Any] | None]
"""Returns the provider of a kind that a section selects, or None once its problems are told."""
_IN_CLEAR = (
    "{} is a secret written in clear; put it into the environment or a file .env, and here write ${{NAME}}"
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
        select: selects the providers that options name; it is not needed where none can.
        from_file: relative paths start from the directory of the file that says them, and secrets in
            clear are warned of; otherwise (on the command line) both are left alone.
    """
    instead: dict[int, Any] = {}
    placeholders = _placeholders(model, subject) if select is not None else {}
    told = {problem.message for problem in problems}  # of a variable that several options have
    problems.extend(problem for problem in placeholders.values() if problem.message not in told)
    for path, scalar, types in field_types.described((model,), subject.section):
        if isinstance(scalar.value, bool) and _is_number(types):
            instead[id(scalar)] = scalar.text  # pydantic would take `yes` for 1
        elif isinstance(scalar.value, bool) and scalar.text in types and bool not in types:
            instead[id(scalar)] = scalar.text  # a choice of that name, as `off`
        elif from_file and _is_path(scalar, types):
            instead[id(scalar)] = Path(scalar.place.file).parent / os.path.expanduser(scalar.value)
        if from_file and field_types.secret(types) and scalar.text and not scalar.variables:
            problems.append(scalar.place.problem(_IN_CLEAR.format(called(path, subject.owner)), "warning"))
    if select is not None:
        for kind, entry in field_types.selections((model,), Entry(subject.place, subject.section)):
            choice = select(kind, entry)
            instead[id(entry.node)] = UNSELECTED if choice is None else choice
    for place, option, advice in field_types.deprecated((model,), subject.section):
        problems.append(place.problem(f"the option '{option}' is deprecated: {advice}", "warning"))
    try:
        made = _made(model, subject, instead)
    except ValidationError as error:
        found = complaints(subject, error)
        problems.extend(p for p in found if Place(p.file, p.line, p.column) not in placeholders)
        return None
    return None if placeholders else made  # which would only give rise to more complaints


def _placeholders(model: type[BaseModel], subject: Subject) -> dict[Place, Problem]:
    """Return a problem for each option of a provider that was never filled in."""
    found: dict[Place, Problem] = {}
    for path, scalar, types in field_types.described((model,), subject.section):
        secret, given = field_types.secret(types), bool(scalar.variables)
        # further down may be what a bot says
        if not (secret or (str in types and (given or len(path) == 1))) or not isinstance(scalar.value, str):
            continue
        if not scalar.unset and is_placeholder(scalar.text, secret=secret, given=given):
            name = called(path, subject.owner)
            found[scalar.place] = scalar.place.problem(
                f"{name} is still a placeholder{_instead_of(scalar)}; put your own value in its place"
            )
    return found


def _instead_of(scalar: Scalar) -> str:
    """Return which variable is meant; the value itself may be a secret after all."""
    return f" ({shown(scalar)})" if scalar.variables else ""


def _made(model: type[ModelT], subject: Subject, instead: dict[int, Any]) -> ModelT:
    """Validate; where text is wanted and a variable held a number, try again with the text it held."""
    try:
        return model.model_validate(values(subject.section, instead))
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
        return model.model_validate(values(subject.section, instead | retyped))


def _is_number(types: field_types.Types) -> bool:
    """Return whether a value can be a number and nothing that `yes` could be."""
    return (int in types or float in types) and not any(kind in types for kind in (bool, Any, object))


def _is_path(scalar: Scalar, types: field_types.Types) -> bool:
    """Return whether a value can be nothing but a path: no name, and not one of a few words like `-`."""
    return (
        any(isinstance(kind, type) and issubclass(kind, PurePath) for kind in types)
        and isinstance(scalar.value, str)
        and scalar.text != ""
        and str not in types
        and scalar.value not in types
    )
