"""The contract of a Recognizer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from voicebot.interfaces import Recognizer
from voicebot.testing.contract.provider import ProviderContract


class RecognizerContract(ProviderContract[Recognizer[Any]]):
    """What a Recognizer keeps to."""

    clip: Path
    """A recording of somebody who speaks: a WAV file, mono or not, at any rate."""
    words: str
    """What is said in it."""
