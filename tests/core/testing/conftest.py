"""What a contract finds in a provider."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from voicebot.testing.contract import ProviderContract
from voicebot.testing.contract.runner import Outcome, run

Find = Callable[..., dict[str, Outcome]]


@pytest.fixture
def outcomes() -> Find:
    """Return a function that runs a contract, or some checks of it, and gives the outcomes by check."""

    def find(contract: type[ProviderContract[Any]], *names: str) -> dict[str, Outcome]:
        return {outcome.check: outcome for outcome in run(contract, names)}

    return find
