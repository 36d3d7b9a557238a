"""How a check fails: what it expected and what it saw."""

from __future__ import annotations

import unittest
from collections.abc import Iterator
from contextlib import contextmanager

_SHOWN = 500


class Unmet(AssertionError):
    """Something that a check expects was not so."""

    def __init__(self, expected: str, seen: str) -> None:
        super().__init__(f"expected {expected}, saw {seen}")
        self.expected = expected
        self.seen = seen


class ExpectedFailure(unittest.SkipTest):
    """A check failed that was expected to."""


def expect(met: object, expected: str, seen: object) -> None:
    """Go on where something is as it should be, else raise `Unmet`."""
    if not met:
        raise Unmet(expected, str(seen))


def describe(error: BaseException) -> str:
    """Return what is to be seen of an error, in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:_SHOWN]


def leaves(error: BaseException) -> Iterator[BaseException]:
    """Give an error, or those of a group of them, to any depth."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from leaves(inner)
    else:
        yield error


@contextmanager
def ungrouped() -> Iterator[None]:
    """Raise the first error of a group alone, as if no task group had been in between."""
    try:
        yield
    except BaseExceptionGroup as group:
        raise next(leaves(group)) from group


class CheckTimeout(Exception):
    """A check did not come to its end."""

    def __init__(self, expected: str, seen: str) -> None:
        super().__init__(f"expected {expected}, saw {seen}")
        self.expected = expected
        self.seen = seen
