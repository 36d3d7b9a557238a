"""What a contract asks of its author: no check overridden in silence, no failure without a reason."""

from __future__ import annotations

import subprocess
import sys
import unittest
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest

from voicebot import ChatEvent, ChatModel, ChatRequest, Options, ReplyEnded, TextDelta
from voicebot.testing.contract import CONTRACTS, ChatModelContract
from voicebot.testing.contract.discovery import checks

CHECK = "test_a_reply_ends_exactly_once"


class Yes(ChatModel[Options]):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        yield TextDelta("Yes.")
        yield ReplyEnded()


class No(Yes):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        yield TextDelta("No.")


class Agreeing(ChatModelContract):
    def make(self) -> Yes:
        return Yes(Options())


class Mixin:
    def test_a_reply_ends_exactly_once(self) -> None:
        pass


def overridden() -> type:
    class Overriding(Agreeing):
        def test_a_reply_ends_exactly_once(self) -> None:
            pass

    return Overriding


def hidden() -> type:
    class Hiding(Agreeing):
        test_a_reply_ends_exactly_once = None

    return Hiding


def mixed_in() -> type:
    class Mixed(Mixin, Agreeing):
        pass

    return Mixed


@pytest.mark.parametrize("define", [overridden, hidden, mixed_in])
def test_a_check_that_is_overridden_is_refused(define: Callable[[], type]) -> None:
    with pytest.raises(TypeError, match=rf"overrides {CHECK} of ChatModelContract.*expected_failures"):
        define()


@pytest.mark.parametrize(
    ("failures", "complaint"),
    [
        ({CHECK: ""}, f"say why {CHECK} fails"),
        ({CHECK: "  "}, f"say why {CHECK} fails"),
        ({CHECK: None}, f"say why {CHECK} fails"),
        ({"test_it_flies": "it has no wings"}, "there is no check test_it_flies"),
    ],
)
def test_an_expected_failure_needs_a_check_and_a_reason(failures: dict[str, Any], complaint: str) -> None:
    with pytest.raises(TypeError, match=complaint):
        type("Failing", (Agreeing,), {"expected_failures": failures})


def test_an_expected_failure_is_skipped_with_its_reason(outcomes: Callable[..., Any]) -> None:
    class Failing(ChatModelContract):
        expected_failures = {CHECK: "it never ends"}  # noqa: RUF012

        def make(self) -> No:
            return No(Options())

    outcome = outcomes(Failing, CHECK)[CHECK]
    assert (outcome.result, outcome.text) == ("expected failure", "expected failure: it never ends")
    with pytest.raises(unittest.SkipTest):
        getattr(Failing(), CHECK)()


def test_an_expected_failure_that_passes_is_a_failure(outcomes: Callable[..., Any]) -> None:
    class Passing(Agreeing):
        expected_failures = {CHECK: "it never ends"}  # noqa: RUF012

    outcome = outcomes(Passing, CHECK)[CHECK]
    assert outcome.result == "failed"
    assert "seen: it passes" in outcome.text


def test_an_author_may_add_checks_and_methods_of_other_names(outcomes: Callable[..., Any]) -> None:
    class More(Agreeing):
        def test_it_says_yes(self) -> None:
            pass

    assert outcomes(More, CHECK)[CHECK].result == "passed"


def test_a_contract_without_make_says_what_is_missing(outcomes: Callable[..., Any]) -> None:
    outcome = outcomes(type("Empty", (ChatModelContract,), {}), CHECK)[CHECK]
    assert outcome.result == "failed"
    assert "needs a method make()" in outcome.text


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)
def test_every_check_has_a_rule_in_one_line(contract: Any) -> None:
    for name in checks(contract):
        rule = getattr(contract, name).__doc__
        assert rule
        assert "\n" not in rule
        assert rule.endswith(".")


def test_the_contracts_need_no_pytest() -> None:
    code = "import sys, voicebot.testing.contract; print('pytest' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
