"""The voice and the recogniser for OpenAI's audio API fulfil their contracts against the emulator."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from voicebot.testing.contract import RecognizerContract, SynthesizerContract
from voicebot_openai.recognition.options import OpenAIRecognizerOptions
from voicebot_openai.recognition.recognizer import OpenAIRecognizer
from voicebot_openai.synthesis.options import OpenAISynthesizerOptions
from voicebot_openai.synthesis.synthesizer import OpenAISynthesizer

NOBODY = "127.0.0.1:9"
WRONG = "a-key-that-is-wrong"


class Served:
    """The emulator behind a relay."""

    @pytest.fixture(autouse=True)
    def served(self, azure: SimpleNamespace) -> None:
        self.key = azure.environment["OPENAI_API_KEY"]
        self.relay = azure.relay
        self.clip, self.words = azure.clip, azure.words

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.relay.port}"

    def cut(self) -> None:
        self.relay.cut()

    def restore(self) -> None:
        self.relay.restore()


class Listening(Served):
    """Makes recognisers; subclasses say how they send sound."""

    how: ClassVar[dict[str, Any]]

    def recognizer(self, address: str, key: str) -> OpenAIRecognizer:
        options = {"base_url": f"http://{address}/v1", "api_key": key, **self.how}
        return OpenAIRecognizer(OpenAIRecognizerOptions.model_validate(options))

    def make(self) -> OpenAIRecognizer:
        return self.recognizer(self.address, self.key)

    def broken(self) -> OpenAIRecognizer:
        return self.recognizer(NOBODY, self.key)

    def refused(self) -> OpenAIRecognizer:
        return self.recognizer(self.address, WRONG)


class TestOpenAIRecognizerInRealTime(Listening, RecognizerContract):
    how: ClassVar = {"model": "gpt-live-transcribe"}


@pytest.mark.slow
class TestOpenAIRecognizerThatUploads(Listening, RecognizerContract):
    how: ClassVar = {"model": "gpt-4o-transcribe"}
    expected_failures: ClassVar = {
        "test_words_come_before_the_sound_ends": "an upload is transcribed after a commit",
    }


@pytest.mark.slow
class TestOpenAISynthesizer(Served, SynthesizerContract):
    def make(self) -> OpenAISynthesizer:
        return self.voice(self.address, self.key)

    def broken(self) -> OpenAISynthesizer:
        return self.voice(NOBODY, self.key)

    def refused(self) -> OpenAISynthesizer:
        return self.voice(self.address, WRONG)

    def voice(self, address: str, key: str) -> OpenAISynthesizer:
        options = {"base_url": f"http://{address}/v1", "model": "gpt-4o-mini-tts", "api_key": key}
        return OpenAISynthesizer(OpenAISynthesizerOptions.model_validate(options))
