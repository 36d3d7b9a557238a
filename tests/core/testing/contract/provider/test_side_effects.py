"""A provider that harms the program around it fails the corresponding check."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .harm import KINDS, WITHOUT_TEXT, Harm, contract
from .harmful_acts import AWAITED, COMMAND, FAULTS, Kept


def cases() -> list[Any]:
    """Return each harm with each kind that can do it; by default, one kind for each harm."""
    found = []
    for number, (harm, check) in enumerate(FAULTS.items()):
        able = [kind for kind in KINDS if not (check == COMMAND and kind in WITHOUT_TEXT)]
        if harm in AWAITED:
            able.remove("voice activity")
        daily = able[number % len(able)]
        for kind in able:
            marks = () if kind == daily else pytest.mark.slow
            found.append(pytest.param(kind, harm, marks=marks, id=f"{kind}-{harm.__name__}"))
    return found


@pytest.fixture(autouse=True)
def _tidy() -> Iterator[None]:
    yield
    for child in Kept.children:
        child.kill()
        child.wait()
    for descriptor in Kept.descriptors:
        os.close(descriptor)
    library = ctypes.CDLL(None)
    library.free.argtypes = [ctypes.c_void_p]
    for at in Kept.memory:
        library.free(at)
    for kept in (Kept.children, Kept.descriptors, Kept.memory, Kept.objects):
        kept.clear()


@pytest.mark.parametrize("kind", KINDS)
def test_a_correct_provider_passes(kind: str, parrot: tuple[Path, str], outcomes: Callable[..., Any]) -> None:
    checked = contract(kind, Harm, parrot)
    assert not {n: o.text for n, o in outcomes(checked).items() if o.result == "failed"}


@pytest.mark.parametrize(("kind", "harm"), cases())
def test_a_harm_is_caught_by_the_corresponding_check(
    kind: str, harm: type[Harm], parrot: tuple[Path, str], outcomes: Callable[..., Any]
) -> None:
    meant = f"test_{FAULTS[harm]}"
    outcome = outcomes(contract(kind, harm, parrot), meant)[meant]
    assert outcome.result == "failed", outcome
    assert "it hangs" not in outcome.text


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "harm"), cases())
def test_a_harm_is_caught_by_no_other_check(
    kind: str, harm: type[Harm], parrot: tuple[Path, str], outcomes: Callable[..., Any]
) -> None:
    failed = {n: o.text for n, o in outcomes(contract(kind, harm, parrot)).items() if o.result == "failed"}
    assert set(failed) == {f"test_{FAULTS[harm]}"}, failed
