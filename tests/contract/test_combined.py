"""Wrappers fulfil the contract of their kind, as the providers inside them do."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from voicebot import Choice, Options
from voicebot.plugin.registry import Registration
from voicebot.testing import ScriptedChatModel, ScriptedRecognizer, ScriptedSynthesizer
from voicebot.testing.contract import ChatModelContract, RecognizerContract, SynthesizerContract
from voicebot_combine.cache.synthesizer import CacheOptions, CacheSynthesizer
from voicebot_combine.fallback.chat_and_voice import (
    FallbackChatModel,
    FallbackChatOptions,
    FallbackSynthesizer,
    FallbackSynthesizerOptions,
)
from voicebot_combine.fallback.recognizer import FallbackRecognizer, FallbackRecognizerOptions
from voicebot_combine.hedge.providers import (
    HedgeChatModel,
    HedgeChatOptions,
    HedgeSynthesizer,
    HedgeSynthesizerOptions,
)
from voicebot_combine.retry import RetryChatModel, RetryChatOptions, RetrySynthesizer, RetrySynthesizerOptions

STORY = "I was born in a storm on a Thursday, and I never was dry since, not for an hour."


def chosen(name: str, kind: str, maker: Any, options: Options | None = None) -> Choice[Any]:
    return Choice(Registration(name, kind, maker, Options, "scripted"), options or Options())


RECOGNIZER = chosen("recognizer", "recognizer", lambda _: ScriptedRecognizer(final_delay=0.01))
CHAT_MODEL = chosen(
    "chat",
    "chat",
    lambda _: ScriptedChatModel([STORY], first_token=0.01, tokens_per_second=2000),
)
SYNTHESIZER = chosen(
    "synthesizer",
    "synthesizer",
    lambda _: ScriptedSynthesizer(first_byte=0.005, speed=1e4, chunk=bytes(19_200), word_timings=True),
)


class TestFallbackRecognizer(RecognizerContract):
    @pytest.fixture(autouse=True)
    def speech(self, scripted_speech: SimpleNamespace) -> None:
        self.clip, self.words = scripted_speech.clip, scripted_speech.words

    def make(self) -> FallbackRecognizer:
        return FallbackRecognizer(FallbackRecognizerOptions(of=(RECOGNIZER, RECOGNIZER)))


class TestFallbackChatModel(ChatModelContract):
    def make(self) -> FallbackChatModel:
        return FallbackChatModel(FallbackChatOptions(of=(CHAT_MODEL, CHAT_MODEL)))


class TestRetryChatModel(ChatModelContract):
    def make(self) -> RetryChatModel:
        return RetryChatModel(RetryChatOptions(of=CHAT_MODEL))


class TestHedgeChatModel(ChatModelContract):
    def make(self) -> HedgeChatModel:
        return HedgeChatModel(HedgeChatOptions(of=CHAT_MODEL, after=0.001, most=1))


@pytest.mark.slow  # TestNestedWrappers covers it too
class TestFallbackSynthesizer(SynthesizerContract):
    def make(self) -> FallbackSynthesizer:
        return FallbackSynthesizer(FallbackSynthesizerOptions(of=(SYNTHESIZER, SYNTHESIZER)))


@pytest.mark.slow  # TestNestedWrappers covers it too
class TestRetrySynthesizer(SynthesizerContract):
    def make(self) -> RetrySynthesizer:
        return RetrySynthesizer(RetrySynthesizerOptions(of=SYNTHESIZER))


@pytest.mark.slow  # TestNestedWrappers covers it too
class TestHedgeSynthesizer(SynthesizerContract):
    def make(self) -> HedgeSynthesizer:
        return HedgeSynthesizer(HedgeSynthesizerOptions(of=SYNTHESIZER, after=0.001, most=1))


class TestCacheSynthesizer(SynthesizerContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def make(self) -> CacheSynthesizer:
        return CacheSynthesizer(CacheOptions(of=SYNTHESIZER, folder=self.folder))


class TestNestedWrappers(SynthesizerContract):
    def make(self) -> FallbackSynthesizer:
        hedged = chosen("hedge", "synthesizer", HedgeSynthesizer, HedgeSynthesizerOptions(of=SYNTHESIZER))
        retried = chosen("retry", "synthesizer", RetrySynthesizer, RetrySynthesizerOptions(of=hedged))
        return FallbackSynthesizer(FallbackSynthesizerOptions(of=(retried, SYNTHESIZER)))
