"""The offline providers fulfil their contracts with the real libraries."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot import Hints
from voicebot.testing.contract import ChatModelContract, RecognizerContract, SynthesizerContract
from voicebot_offline.chat.model import ScriptChat, ScriptOptions
from voicebot_offline.recognition.recognizer import PocketsphinxOptions, PocketsphinxRecognizer
from voicebot_offline.synthesis.synthesizer import EspeakOptions, EspeakSynthesizer

QUESTION = Path(__file__).parents[2] / "configs" / "question.wav"
RULES = [
    {"patterns": ["number {number}"], "answers": ["So parrot number {number} says ahoy."]},
    {
        "patterns": ["what time is it in {city}"],
        "call": {"name": "clock", "arguments": {"city": "{city}"}},
        "answers": ["It be {result}."],
    },
]
DEFAULT = ["There is nothing that I could say to that, matey, however long I think about it."]


@pytest.mark.slow
class TestPocketsphinxWithPhrases(RecognizerContract):
    clip = QUESTION
    words = "what's the weather like"
    hints = Hints(("what's the weather like", "what is your name", "how are you", "good bye"), ("en-US",))

    def make(self) -> PocketsphinxRecognizer:
        return PocketsphinxRecognizer(PocketsphinxOptions(vocabulary="phrases"))


class TestPocketsphinx(TestPocketsphinxWithPhrases):
    time_limit = 110.0

    def make(self) -> PocketsphinxRecognizer:
        return PocketsphinxRecognizer(PocketsphinxOptions())


class TestEspeak(SynthesizerContract):
    def make(self) -> EspeakSynthesizer:
        return EspeakSynthesizer(EspeakOptions())


class TestScriptChat(ChatModelContract):
    def make(self) -> ScriptChat:
        return ScriptChat(ScriptOptions.model_validate({"rules": RULES, "default": DEFAULT}))
