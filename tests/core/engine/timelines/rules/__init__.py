"""The rules that hold in every timeline."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType

from ..record import Record
from . import ends, sound, turns, words

Rule = Callable[[Record], Iterator[str]]


def _rules(*modules: ModuleType) -> dict[str, Rule]:
    return {
        name.replace("_", " "): rule
        for module in modules
        for name, rule in vars(module).items()
        if callable(rule) and getattr(rule, "__module__", "") == module.__name__ and not name.startswith("_")
    }


RULES = _rules(ends, words, turns, sound)


def broken(record: Record) -> dict[str, list[str]]:
    """Return the rules that a record breaks, and how."""
    complaints = {name: list(rule(record)) for name, rule in RULES.items()}
    return {name: found for name, found in complaints.items() if found}
