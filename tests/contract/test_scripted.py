"""The scripted providers fulfil their contracts too, so tests can rely on them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from voicebot.testing import ScriptedChatModel, ScriptedRecognizer, ScriptedSynthesizer
from voicebot.testing.contract import ChatModelContract, RecognizerContract, SynthesizerContract


class TestScriptedRecognizer(RecognizerContract):
    @pytest.fixture(autouse=True)
    def speech(self, scripted_speech: SimpleNamespace) -> None:
        self.clip, self.words = scripted_speech.clip, scripted_speech.words

    def make(self) -> ScriptedRecognizer:
        return ScriptedRecognizer(final_delay=0.01)


class TestScriptedSynthesizer(SynthesizerContract):
    def make(self) -> ScriptedSynthesizer:
        return ScriptedSynthesizer(
            first_byte=0.005, speed=1e4, chunk=bytes(19_200), word_timings=True, streams=True
        )


class TestScriptedChatModel(ChatModelContract):
    def make(self) -> ScriptedChatModel:
        story = "I was born in a storm on a Thursday, and I never was dry since, not for an hour."
        return ScriptedChatModel([story], first_token=0.01, tokens_per_second=2000)
