"""The voice `piper` fulfils its contract: with a small model that hums, and with the real one."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from voicebot.testing.contract import SynthesizerContract
from voicebot_local.synthesis.options import PiperOptions
from voicebot_local.synthesis.synthesizer import PiperSynthesizer


class TestHumming(SynthesizerContract):
    path: ClassVar[Path]

    @pytest.fixture(autouse=True)
    def voice(self, humming: Path) -> None:
        type(self).path = humming

    def make(self) -> PiperSynthesizer:
        return PiperSynthesizer(PiperOptions(voice=str(self.path)))


@pytest.mark.slow
class TestJoe(SynthesizerContract):
    time_limit = 110.0

    def make(self) -> PiperSynthesizer:
        return PiperSynthesizer(PiperOptions(voice="en_US-joe-medium"))
