"""Run a contract's checks without pytest, one by one."""

from __future__ import annotations

import logging
import time
import unittest
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from voicebot.testing.contract.discovery import checks
from voicebot.testing.contract.failures import ExpectedFailure
from voicebot.testing.contract.provider.contract import ProviderContract

logger = logging.getLogger(__name__)
Result: TypeAlias = Literal["passed", "failed", "skipped", "expected failure"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a check: `text` is the failure or the reason it was skipped; it took `seconds`."""

    check: str
    rule: str
    result: Result
    text: str
    seconds: float
    notes: tuple[str, ...] = ()


def run(contract: type[ProviderContract[Any]], names: Sequence[str] = ()) -> Iterator[Outcome]:
    """Run the named checks of a contract, by default all, and yield each outcome as it comes."""
    for name in names or checks(contract):
        yield run_one(contract, name)


def run_one(contract: type[ProviderContract[Any]], name: str) -> Outcome:
    """Run one check."""
    instance = contract()
    method = getattr(instance, name)
    began = time.monotonic()
    result: Result = "passed"
    text = ""
    try:
        method()
    except ExpectedFailure as reason:
        result, text = "expected failure", str(reason)
    except unittest.SkipTest as reason:
        result, text = "skipped", str(reason)
    except AssertionError as failure:
        result, text = "failed", str(failure)
        logger.info("%s failed", name, exc_info=failure)
    rule = (method.__doc__ or "").partition("\n")[0]
    return Outcome(name, rule, result, text, time.monotonic() - began, tuple(instance.notes))
