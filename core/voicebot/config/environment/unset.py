"""Variables of a config that have no value, and where the values of the others come from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from voicebot.config.environment.variables import Variables, shown_place
from voicebot.config.reading.tree import Entry, Place, Section, Unset, scalars
from voicebot.errors import Problem


def with_origins(problems: Iterable[Problem], root: Section, environ: Variables) -> Iterator[Problem]:
    """Give all problems; those about a value that came from variables say from where."""
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
    """Return the variables without a value, with where they are used first."""
    first: dict[Unset, Place] = {}
    for entry in entries:
        for scalar in scalars(entry.node):
            for unset in scalar.unset:
                first.setdefault(unset, scalar.place)
    return first


def about_unset(unset: Mapping[Unset, Place], environ: Mapping[str, str]) -> list[Problem]:
    """Return a problem for each variable without a value."""
    return [place.problem(_lacking(each, environ)) for each, place in unset.items()]


def empty_in_file(name: str, environ: Mapping[str, str]) -> bool:
    """Return whether a `.env` names a variable and gives it no value."""
    named = isinstance(environ, Variables) and name in environ.places
    return named and name not in os.environ and not environ.get(name)


def _lacking(unset: Unset, environ: Mapping[str, str]) -> str:
    said = (
        f"the variable {unset.name} has no value: {unset.message}"
        if unset.message
        else f"the variable {unset.name} is not set; set it in the environment or in a file .env"
    )
    if not isinstance(environ, Variables):
        return said
    if empty_in_file(unset.name, environ):
        return f"{said}; {shown_place(environ.places[unset.name])} is empty"
    if unset.name in os.environ:
        return f"{said}; it is empty in the environment, which goes before a file .env"
    spoilt = environ.spoilt.get(unset.name)
    return f"{said}; {shown_place(spoilt)} cannot be read" if spoilt else said
