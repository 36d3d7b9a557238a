"""How a check fails: what it expected and what it saw."""

from __future__ import annotations

import unittest
from collections.abc import Iterator
from contextlib import contextmanager

from voicebot.errors import leaves

_SHOWN = 500


class Unmet(AssertionError):
    """A provider did not do what a check expects."""

    def __init__(self, expected: str, seen: str) -> None:
        super().__init__(f"expected {expected}, saw {seen}")
        self.expected = expected
        self.seen = seen


class ExpectedFailure(unittest.SkipTest):
    """A check failed that was expected to fail."""


def expect(met: object, expected: str, seen: object) -> None:
    """Raise `Unmet` unless `met` is true."""
    if not met:
        raise Unmet(expected, str(seen))


def describe(error: BaseException) -> str:
    """Return an error's type and message in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:_SHOWN]


@contextmanager
def ungrouped() -> Iterator[None]:
    """Raise the first error of an exception group on its own, as if there were no task group."""
    try:
        yield
    except BaseExceptionGroup as group:
        raise next(leaves(group)) from group


class CheckTimeout(Exception):
    """A check did not end in time."""

    def __init__(self, expected: str, seen: str) -> None:
        super().__init__(f"expected {expected}, saw {seen}")
        self.expected = expected
        self.seen = seen
