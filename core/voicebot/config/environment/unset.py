"""Problems with the variables of a config: those without a value, and where the other values come from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from voicebot.config.environment.variables import Variables, place_text
from voicebot.config.reading.tree import Entry, Place, Section, Unset, scalars
from voicebot.errors import Problem


def with_origins(problems: Iterable[Problem], root: Section, environ: Variables) -> Iterator[Problem]:
    """Yield all problems; those about a value that came from variables say from where."""
    names = {
        scalar.place: [name for name in dict.fromkeys(scalar.variables) if name in environ]
        for scalar in scalars(root)
        if not scalar.unset
    }
    for problem in problems:
        used = names.get(Place(problem.file, problem.line, problem.column), [])
        origins = ", and ".join(f"${{{name}}} comes from {environ.origin(name)}" for name in used)
        between = "" if problem.message.endswith("?") else ";"
        yield replace(problem, message=f"{problem.message}{between} {origins}") if origins else problem


def unset_variables(entries: Iterable[Entry]) -> dict[Unset, Place]:
    """Return the variables without a value, each with the place of its first use."""
    first: dict[Unset, Place] = {}
    for entry in entries:
        for scalar in scalars(entry.node):
            for unset in scalar.unset:
                first.setdefault(unset, scalar.place)
    return first


def unset_problems(unset: Mapping[Unset, Place], environ: Mapping[str, str]) -> list[Problem]:
    """Return a problem for each variable without a value."""
    return [place.problem(_message(each, environ)) for each, place in unset.items()]


def empty_in_file(name: str, environ: Mapping[str, str]) -> bool:
    """Return whether a `.env` names a variable without giving it a value."""
    named = isinstance(environ, Variables) and name in environ.places
    return named and name not in os.environ and not environ.get(name)


def _message(unset: Unset, environ: Mapping[str, str]) -> str:
    message = (
        f"the variable {unset.name} has no value: {unset.message}"
        if unset.message
        else f"the variable {unset.name} is not set; set it in the environment or in a .env file"
    )
    if not isinstance(environ, Variables):
        return message
    if empty_in_file(unset.name, environ):
        return f"{message}; {place_text(environ.places[unset.name])} is empty"
    if unset.name in os.environ:
        return f"{message}; it is empty in the environment, which takes precedence over a .env file"
    unreadable = environ.unreadable.get(unset.name)
    return f"{message}; {place_text(unreadable)} cannot be read" if unreadable else message
