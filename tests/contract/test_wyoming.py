"""The Wyoming providers fulfil their contracts with a server made of the classes of the package `wyoming`."""

from __future__ import annotations

from typing import Any

import pytest

from voicebot.testing.contract import RecognizerContract, SynthesizerContract
from voicebot_wyoming.recognition.options import WyomingRecognizerOptions
from voicebot_wyoming.recognition.recognizer import WyomingRecognizer
from voicebot_wyoming.synthesis.options import WyomingSynthesizerOptions
from voicebot_wyoming.synthesis.synthesizer import WyomingSynthesizer

NOBODY = "tcp://127.0.0.1:9"


class Served:
    """A server behind a relay."""

    @pytest.fixture(autouse=True)
    def served(self, wyoming: Any) -> None:
        self.relay = wyoming.relay
        self.clip, self.words = wyoming.clip, wyoming.words

    @property
    def uri(self) -> str:
        return f"tcp://127.0.0.1:{self.relay.port}"

    def cut(self) -> None:
        self.relay.cut()

    def restore(self) -> None:
        self.relay.restore()


class TestWyomingRecognizer(Served, RecognizerContract):
    def make(self) -> WyomingRecognizer:
        return WyomingRecognizer(WyomingRecognizerOptions(uri=self.uri))

    def broken(self) -> WyomingRecognizer:
        return WyomingRecognizer(WyomingRecognizerOptions(uri=NOBODY))

    def refused(self) -> WyomingRecognizer:
        return WyomingRecognizer(WyomingRecognizerOptions(uri=self.uri, model="large"))


class TestWyomingSynthesizer(Served, SynthesizerContract):
    def make(self) -> WyomingSynthesizer:
        return WyomingSynthesizer(WyomingSynthesizerOptions(uri=self.uri))

    def broken(self) -> WyomingSynthesizer:
        return WyomingSynthesizer(WyomingSynthesizerOptions(uri=NOBODY))

    def refused(self) -> WyomingSynthesizer:
        return WyomingSynthesizer(WyomingSynthesizerOptions(uri=self.uri, voice="joe"))


@pytest.mark.slow
class TestWyomingSynthesizerThatStreamsText(Served, SynthesizerContract):
    def make(self) -> WyomingSynthesizer:
        return WyomingSynthesizer(WyomingSynthesizerOptions(uri=self.uri, text_streaming=True))


@pytest.mark.slow
class TestWyomingWhisper(Served, RecognizerContract):
    expected_failures = {  # noqa: RUF012
        "test_words_come_before_the_sound_ends": "like most servers, it transcribes when the sound has ended"
    }

    @pytest.fixture(autouse=True)
    def served(self, wyoming_whisper: Any) -> None:
        self.relay = wyoming_whisper.relay
        self.clip, self.words = wyoming_whisper.clip, wyoming_whisper.words

    def make(self) -> WyomingRecognizer:
        return WyomingRecognizer(WyomingRecognizerOptions(uri=self.uri))


@pytest.mark.slow
class TestWyomingPiper(Served, SynthesizerContract):
    """The server speaks one text at a time, and answers nobody meanwhile.

    On a busy machine, the last of twenty waits longer than the provider does by default.
    """

    timeout = 300.0

    @pytest.fixture(autouse=True)
    def served(self, wyoming_piper: Any) -> None:
        self.relay = wyoming_piper.relay

    def make(self) -> WyomingSynthesizer:
        return WyomingSynthesizer(WyomingSynthesizerOptions(uri=self.uri, timeout=self.timeout))


@pytest.mark.slow
class TestWyomingPiperThatStreamsText(TestWyomingPiper):
    def make(self) -> WyomingSynthesizer:
        options = WyomingSynthesizerOptions(uri=self.uri, timeout=self.timeout, text_streaming=True)
        return WyomingSynthesizer(options)
