"""Firefox, which gives sound at the rate of its device only: talks with a bot on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from voicebot import AudioFormat
from voicebot.testing import ScriptedChatModel

from ..sailor import WORDS, SameWords
from .firefox import TONE, firefox
from .in_thread import serving_page, toneful

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
TAPPED = Path(__file__).with_name("tapped.js")


class Listening(SameWords):
    """Keeps what it hears."""

    def __init__(self) -> None:
        super().__init__()
        self.sound = bytearray()

    def heard(self, audio: bytes) -> None:
        self.sound += audio


def main_frequency(sound: bytes, format: AudioFormat) -> float:
    samples = np.frombuffer(sound, np.int16)[-format.rate :]
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(spectrum.argmax() * format.rate / len(samples))


def test_a_question_is_heard_and_answered_in_sound(tmp_path: Path, sound_server: Any) -> None:
    recognizer, chat = Listening(), ScriptedChatModel([" ".join(["aa"] * 40)])
    with serving_page(toneful(chat, recognizer)) as port, firefox(tmp_path, sound_server.environment) as page:
        page.before_scripts(TAPPED.read_text())
        page.open(f"http://127.0.0.1:{port}/")
        page.click("#open-settings")
        page.click("[value=hold]")
        page.click("#close-settings")
        page.click("#talk")
        page.value('document.body.dataset.phase === "live" && document.body.dataset.sound === "on"')
        page.hold(" ", 2.0)
        assert (
            page.value('document.querySelector("li.user:not(.open) .words")?.textContent') == f"You: {WORDS}"
        )
        page.value('document.querySelectorAll("li.bot:not(.open)").length > 0')
        rate = page.value("window.context.sampleRate")
        played = page.value("window.heard.speaker.filter(([, peak]) => peak > 0.01).length")
        print(f"Firefox's sound has {rate} Hz; {played * 128 / rate:.2f} s of the bot were played")
        assert played * 128 / rate > 1.0
    assert main_frequency(bytes(recognizer.sound), recognizer.input_format) == pytest.approx(TONE, rel=0.02)
