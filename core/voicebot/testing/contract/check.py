"""A check: an async method that runs on an event loop of its own and cannot hang for ever."""

from __future__ import annotations

import functools
import unittest
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar, Protocol, TypeVar

from voicebot.config.shipped import shown_page
from voicebot.errors import leaves
from voicebot.testing.contract.failures import CheckTimeout, ExpectedFailure, Unmet, describe
from voicebot.testing.contract.watchdog import WatchedRun

PAGE = shown_page("reference/contract.md")


class Checked(Protocol):
    """What a check needs from its contract."""

    expected_failures: ClassVar[dict[str, str]]
    time_limit: ClassVar[float]

    def masked(self, text: str) -> str:
        """Return a text without the provider's secrets."""


CheckedT = TypeVar("CheckedT", bound=Checked)


def check(body: Callable[[CheckedT], Coroutine[Any, Any, None]]) -> Callable[[CheckedT], None]:
    """Turn an async method into a check; the first line of its docstring is the rule."""
    name = body.__name__

    @functools.wraps(body)
    def run(self: CheckedT) -> None:
        reason = self.expected_failures.get(name)
        try:
            WatchedRun(lambda: body(self)).watch(self.time_limit)
        except (unittest.SkipTest, KeyboardInterrupt):
            raise
        except BaseException as error:  # a provider may raise a group that holds anything
            failure = _failure(self, body, error)
            if reason is None:
                raise failure from error
            raise ExpectedFailure(f"expected failure: {reason}") from error
        if reason is not None:
            raise AssertionError(
                f"expected: a failure, because it is listed in `expected_failures` ({reason})\n"
                f"seen: it passes\nread: {PAGE}#known-failures"
            )

    return run


def anchor(name: str) -> str:
    """Return the anchor of a check on the contract's page."""
    return name.removeprefix("test_").replace("_", "-")


def _failure(self: Checked, body: Callable[..., Any], error: BaseException) -> AssertionError:
    found = list(leaves(error))
    unmet = next((leaf for leaf in found if isinstance(leaf, Unmet | CheckTimeout)), None)
    if unmet is not None:
        expected, seen = unmet.expected, unmet.seen
    else:
        expected, seen = (body.__doc__ or "").partition("\n")[0].rstrip("."), describe(found[0])
    read = f"{PAGE}#{anchor(body.__name__)}"
    return AssertionError(self.masked(f"expected: {expected}\nseen: {seen}\nread: {read}"))
