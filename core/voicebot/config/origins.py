"""Variables of a config that have no value, and where the values of the others come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from voicebot.config.environment import Variables, shown_place
from voicebot.config.tree import Entry, Place, Section, Unset, scalars
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
        yield replace(problem, message=f"{problem.message}; {origins}") if origins else problem


def unset_variables(entries: Iterable[Entry], environ: Mapping[str, str]) -> list[Problem]:
    """Return a problem for each variable without a value, where it is used first."""
    spoilt = environ.spoilt if isinstance(environ, Variables) else {}
    first: dict[Unset, Place] = {}
    for entry in entries:
        for scalar in scalars(entry.node):
            for unset in scalar.unset:
                first.setdefault(unset, scalar.place)
    return [place.problem(_lacking(unset, spoilt)) for unset, place in first.items()]


def _lacking(unset: Unset, spoilt: Mapping[str, Place]) -> str:
    said = (
        f"the variable {unset.name} has no value: {unset.message}"
        if unset.message
        else f"the variable {unset.name} is not set; set it in the environment or in a file .env"
    )
    return f"{said}; {shown_place(spoilt[unset.name])} cannot be read" if unset.name in spoilt else said
