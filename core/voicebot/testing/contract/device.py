"""The contract of a AudioDevice."""

from __future__ import annotations

from typing import Any

from voicebot.interfaces import AudioDevice
from voicebot.testing.contract.provider import ProviderContract


class AudioDeviceContract(ProviderContract[AudioDevice[Any]]):
    """What a AudioDevice keeps to."""
