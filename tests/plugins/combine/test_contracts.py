"""Decorators are providers like others: they keep to the contract of what they stand on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from voicebot.config.load import choose
from voicebot.testing.contract import ChatModelContract, SynthesizerContract

VOICE = {"provider": "espeak", "voice": "en-us"}
MIND = {"provider": "script", "default": ["That is a long story, and a good one at that, my friend."]}


def made(kind: str, name: str, **options: Any) -> Any:
    return choose(kind, name, options).make()


class TestFallbackVoice(SynthesizerContract):
    def make(self) -> Any:
        return made("synthesizer", "fallback", of=[VOICE, VOICE])


class TestRetryVoice(SynthesizerContract):
    def make(self) -> Any:
        return made("synthesizer", "retry", of=VOICE)


class TestHedgeVoice(SynthesizerContract):
    def make(self) -> Any:
        return made("synthesizer", "hedge", of=VOICE, after=0.001, most=1)


class TestCachedVoice(SynthesizerContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def make(self) -> Any:
        return made("synthesizer", "cache", of=VOICE, folder=self.folder)


class TestTowerVoice(SynthesizerContract):
    def make(self) -> Any:
        hedged = {"provider": "hedge", "of": VOICE}
        return made("synthesizer", "fallback", of=[{"provider": "retry", "of": hedged}, VOICE])


class TestFallbackMind(ChatModelContract):
    def make(self) -> Any:
        return made("chat", "fallback", of=[MIND, MIND])


class TestRetryMind(ChatModelContract):
    def make(self) -> Any:
        return made("chat", "retry", of=MIND)


class TestHedgeMind(ChatModelContract):
    def make(self) -> Any:
        return made("chat", "hedge", of=MIND, after=0.001, most=1)
