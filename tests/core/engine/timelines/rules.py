"""All that holds in every timeline."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType

from . import rules_ends, rules_sound, rules_turns, rules_words
from .run import Record

Rule = Callable[[Record], Iterator[str]]


def _rules(*modules: ModuleType) -> dict[str, Rule]:
    return {
        name.replace("_", " "): rule
        for module in modules
        for name, rule in vars(module).items()
        if callable(rule) and getattr(rule, "__module__", "") == module.__name__ and not name.startswith("_")
    }


RULES = _rules(rules_ends, rules_words, rules_turns, rules_sound)


def broken(record: Record) -> dict[str, list[str]]:
    """Return the rules that a record breaks, and how."""
    complaints = {name: list(rule(record)) for name, rule in RULES.items()}
    return {name: told for name, told in complaints.items() if told}
