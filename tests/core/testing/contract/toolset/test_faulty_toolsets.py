"""A toolset with a fault fails the corresponding check."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any

import pytest

from voicebot import Tool, ToolCall, ToolCaller, ToolEvent, ToolResult, Toolset, ToolsetOptions
from voicebot.testing.contract import ToolsetContract

from .faulty_toolsets import FAULTS, MANY, Aviary, AviaryOptions


def contract(aviary: type[Aviary]) -> type[ToolsetContract]:
    class TestAviary(ToolsetContract):
        time_limit = 2.0

        def make(self) -> Aviary:
            self.made = aviary(AviaryOptions())
            return self.made

        def cut(self) -> None:
            self.made.connected = False

        def restore(self) -> None:
            self.made.connected = True

    return TestAviary


class Writer(Toolset[ToolsetOptions]):
    """Has no tool that only reads."""

    def tools(self) -> Sequence[Tool]:
        return [Tool("feed", "Feeds a parrot.")]

    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        assert call.arguments == '{"grams": 20}', "not the arguments of the contract"
        yield ToolResult("Fed.")


def writer(**given: Any) -> type[ToolsetContract]:
    return type(
        "Contract", (ToolsetContract,), {"make": lambda _: Writer(ToolsetOptions(allow=("feed",))), **given}
    )


@pytest.mark.slow
def test_a_correct_toolset_passes(outcomes: Callable[..., Any]) -> None:
    assert not {name: o.text for name, o in outcomes(contract(Aviary)).items() if o.result == "failed"}


@pytest.mark.parametrize("aviary", FAULTS, ids=lambda aviary: aviary.__name__)
def test_a_fault_is_caught_by_the_corresponding_check(
    aviary: type[Aviary], outcomes: Callable[..., Any]
) -> None:
    meant = f"test_{FAULTS[aviary]}"
    outcome = outcomes(contract(aviary), meant)[meant]
    assert outcome.result == "failed", outcome


@pytest.mark.parametrize("check", dict.fromkeys(FAULTS.values()))
def test_each_of_these_checks_is_passed_by_a_correct_toolset(
    check: str, outcomes: Callable[..., Any]
) -> None:
    outcome = outcomes(contract(Aviary), f"test_{check}")[f"test_{check}"]
    assert outcome.result == "passed", outcome


@pytest.mark.slow
@pytest.mark.parametrize(
    "aviary", [fault for fault in FAULTS if fault not in MANY], ids=lambda aviary: aviary.__name__
)
def test_a_fault_is_caught_by_no_other_check(aviary: type[Aviary], outcomes: Callable[..., Any]) -> None:
    failed = {name for name, outcome in outcomes(contract(aviary)).items() if outcome.result == "failed"}
    assert {name.removeprefix("test_") for name in failed} == {FAULTS[aviary]}


def test_a_tool_that_writes_is_run_only_if_it_is_named(outcomes: Callable[..., Any]) -> None:
    check = "test_a_call_ends_with_exactly_one_result"
    skipped = outcomes(writer(), check)[check]
    named = outcomes(writer(tool="feed", arguments={"grams": 20}), check)[check]
    unknown = outcomes(writer(tool="fed"), check)[check]

    assert (skipped.result, skipped.text) == (
        "skipped",
        "no tool only reads; name one that may be run in `tool`",
    )
    assert named.result == "passed"
    assert "seen: tools feed" in unknown.text
