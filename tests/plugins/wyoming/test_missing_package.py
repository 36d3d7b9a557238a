"""The providers without the distribution `wyoming`."""

from __future__ import annotations

import asyncio
import sys

import pytest

from voicebot_wyoming.recognition.options import WyomingRecognizerOptions
from voicebot_wyoming.recognition.recognizer import WyomingRecognizer
from voicebot_wyoming.synthesis.options import WyomingSynthesizerOptions
from voicebot_wyoming.synthesis.synthesizer import WyomingSynthesizer


@pytest.mark.parametrize(
    "provider",
    [WyomingRecognizer(WyomingRecognizerOptions()), WyomingSynthesizer(WyomingSynthesizerOptions())],
    ids=["recognizer", "synthesizer"],
)
def test_what_is_not_installed_is_named_with_the_command_that_installs_it(monkeypatch, failure_of, provider):
    monkeypatch.setitem(sys.modules, "wyoming.tts", None)

    error = asyncio.run(failure_of(provider))

    assert str(error).startswith("the package wyoming is not installed; ")
    assert "pip install" in str(error)
    assert not error.retryable
