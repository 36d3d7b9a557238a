"""An account for the emulator, and audio that it takes for speech."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Any

import pytest

from voicebot_emulator.server import Emulator

Account = Callable[[Emulator], dict[str, Any]]
Sound = Callable[[float], bytes]

_WAVE = struct.pack("<320h", *(round(8_000 * math.sin(math.pi * at / 16)) for at in range(320)))


@pytest.fixture
def account() -> Account:
    """Return a function that returns the options of an account for an emulator."""

    def options(emulator: Emulator) -> dict[str, Any]:
        environment = emulator.environment
        return {
            "key": environment["SPEECH_KEY"],
            "region": environment["SERVICE_REGION"],
            "endpoint": environment["SPEECH_ENDPOINT"],
        }

    return options


@pytest.fixture
def hum() -> Sound:
    """Return a function that returns some seconds of a hum: s16le at 16 kHz."""
    return lambda seconds: _WAVE * round(seconds / 0.02)


@pytest.fixture
def silence() -> Sound:
    """Return a function that returns some seconds of silence: s16le at 16 kHz."""
    return lambda seconds: bytes(640) * round(seconds / 0.02)
