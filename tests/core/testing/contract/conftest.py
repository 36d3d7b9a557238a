"""Running contracts on providers."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from voicebot.testing.contract import ProviderContract
from voicebot.testing.contract.runner import Outcome, run
from voicebot.testing.scripted import speech_frames

Find = Callable[..., dict[str, Outcome]]


@pytest.fixture
def outcomes() -> Find:
    """Return a function that runs a contract, or some checks of it, and returns the outcomes by check."""

    def find(contract: type[ProviderContract[Any]], *names: str) -> dict[str, Outcome]:
        return {outcome.check: outcome for outcome in run(contract, names)}

    return find


@pytest.fixture(scope="session")
def parrot(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return a recording of scripted sound, and the words in it."""
    path, words = tmp_path_factory.mktemp("sound") / "parrot.wav", "there is a parrot on my left shoulder"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(b"".join(speech_frames(words, 1.0)))
    return path, words
