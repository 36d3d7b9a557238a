"""A device or detector with a fault fails the check that is meant for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from voicebot import (
    AudioDevice,
    Options,
    Provider,
    VoiceActivityDetector,
    VoiceActivityOptions,
)
from voicebot.testing.contract import AudioDeviceContract, TurnDetectorContract, VoiceActivityDetectorContract

from .faulty_helpers import FAULTS, MANY, QUESTION, Device, Hears, HearsSmoothly, Waits


def contract(provider: type[Provider[Any]]) -> Any:
    base: Any = TurnDetectorContract
    options: Options = Options()
    if issubclass(provider, VoiceActivityDetector):
        base, options = VoiceActivityDetectorContract, VoiceActivityOptions()
    elif issubclass(provider, AudioDevice):
        base = AudioDeviceContract
    clip = {"clip": QUESTION} if issubclass(provider, HearsSmoothly) else {}
    return type("Contract", (base,), {"make": lambda _: provider(options), "time_limit": 2.0, **clip})


@pytest.mark.parametrize("provider", [Waits, Hears, HearsSmoothly, Device])
def test_a_correct_provider_passes(provider: type[Provider[Any]], outcomes: Callable[..., Any]) -> None:
    assert not {n: o.text for n, o in outcomes(contract(provider)).items() if o.result == "failed"}


@pytest.mark.parametrize("provider", FAULTS, ids=lambda provider: provider.__name__)
def test_a_fault_is_caught_by_the_corresponding_check(
    provider: type[Provider[Any]], outcomes: Callable[..., Any]
) -> None:
    meant = f"test_{FAULTS[provider]}"
    outcome = outcomes(contract(provider), meant)[meant]
    assert outcome.result == "failed", outcome


@pytest.mark.slow
@pytest.mark.parametrize(
    "provider", [p for p in FAULTS if p.__name__ not in MANY], ids=lambda provider: provider.__name__
)
def test_a_fault_is_caught_by_no_other_check(
    provider: type[Provider[Any]], outcomes: Callable[..., Any]
) -> None:
    failed = {name for name, outcome in outcomes(contract(provider)).items() if outcome.result == "failed"}
    assert {name.removeprefix("test_") for name in failed} == {FAULTS[provider]}
