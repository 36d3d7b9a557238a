"""A chat model with a fault fails the corresponding check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from voicebot.testing.contract import ChatModelContract

from . import faulty_callers, faulty_models
from .faulty_callers import Caller
from .faulty_models import MANY, Parrot, ParrotOptions, SaysThatItWasCutOff

FAULTS = faulty_models.FAULTS | faulty_callers.FAULTS


def contract(parrot: type[Parrot]) -> type[ChatModelContract]:
    class TestParrot(ChatModelContract):
        time_limit = 4.0

        def make(self) -> Parrot:
            self.made = parrot(ParrotOptions())
            return self.made

        def cut(self) -> None:
            self.made.connected = False

        def restore(self) -> None:
            self.made.connected = True

    return TestParrot


@pytest.mark.parametrize("parrot", [Parrot, SaysThatItWasCutOff, Caller])
def test_a_correct_model_passes(parrot: type[Parrot], outcomes: Callable[..., Any]) -> None:
    assert not {name: o.text for name, o in outcomes(contract(parrot)).items() if o.result == "failed"}


@pytest.mark.parametrize("parrot", FAULTS)
def test_a_fault_is_caught_by_the_corresponding_check(
    parrot: type[Parrot], outcomes: Callable[..., Any]
) -> None:
    meant = f"test_{FAULTS[parrot]}"
    outcome = outcomes(contract(parrot), meant)[meant]
    assert outcome.result == "failed", outcome


@pytest.mark.slow
@pytest.mark.parametrize("parrot", [fault for fault in FAULTS if fault not in MANY])
def test_a_fault_is_caught_by_no_other_check(parrot: type[Parrot], outcomes: Callable[..., Any]) -> None:
    failed = {name for name, outcome in outcomes(contract(parrot)).items() if outcome.result == "failed"}
    assert {name.removeprefix("test_") for name in failed} == {FAULTS[parrot]}
