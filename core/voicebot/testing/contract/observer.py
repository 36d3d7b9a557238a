"""The contract of an Observer."""

from __future__ import annotations

from typing import Any

from voicebot.testing.contract.provider import ProviderContract


class ObserverContract(ProviderContract[Any]):
    """What an Observer keeps to."""
