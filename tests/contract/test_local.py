"""The providers that run models on this machine fulfil their contracts with the real models."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.testing.contract import RecognizerContract
from voicebot_local.recognition.recognizer import WhisperOptions, WhisperRecognizer

QUESTION = Path(__file__).parents[2] / "configs" / "question.wav"


@pytest.mark.slow  # every use decodes, and most checks start it
class TestWhisper(RecognizerContract):
    clip = QUESTION
    words = "what's the weather like"

    def make(self) -> WhisperRecognizer:
        return WhisperRecognizer(WhisperOptions())
