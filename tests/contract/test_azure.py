"""The Azure and OpenAI providers fulfil their contracts against the emulator."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from voicebot.testing.contract import ChatModelContract, RecognizerContract, SynthesizerContract
from voicebot_azure.recognition.options import AzureRecognizerOptions
from voicebot_azure.recognition.recognizer import AzureRecognizer
from voicebot_azure.synthesis.options import AzureSynthesizerOptions
from voicebot_azure.synthesis.synthesizer import AzureSynthesizer
from voicebot_openai.azure_chat import AzureChatModel
from voicebot_openai.azure_options import AzureChatOptions
from voicebot_openai.chat import OpenAIChatModel
from voicebot_openai.options import OpenAIChatOptions

NOBODY = "127.0.0.1:9"
PATIENT = {"first_sound_timeout": 20.0, "sound_timeout": 20.0}
"""With twenty at once, the machine that runs the tests and the emulator is the bottleneck."""
WRONG = "a-key-that-is-wrong"


class Served:
    """A service behind a relay."""

    @pytest.fixture(autouse=True)
    def served(self, azure: SimpleNamespace) -> None:
        self.environment = azure.environment
        self.relay = azure.relay
        self.clip, self.words = azure.clip, azure.words

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.relay.port}"

    def cut(self) -> None:
        self.relay.cut()

    def restore(self) -> None:
        self.relay.restore()

    def speech(self, address: str, key: str = "") -> dict[str, Any]:
        return {
            "key": key or self.environment["SPEECH_KEY"],
            "region": self.environment["SERVICE_REGION"],
            "endpoint": f"ws://{address}",
        }


class TestAzureRecognizer(Served, RecognizerContract):
    def make(self) -> AzureRecognizer:
        return AzureRecognizer(AzureRecognizerOptions(**self.speech(self.address)))

    def broken(self) -> AzureRecognizer:
        return AzureRecognizer(AzureRecognizerOptions(**self.speech(NOBODY)))

    def refused(self) -> AzureRecognizer:
        return AzureRecognizer(AzureRecognizerOptions(**self.speech(self.address, WRONG)))


@pytest.mark.slow
class TestAzureSynthesizer(Served, SynthesizerContract):
    def make(self) -> AzureSynthesizer:
        return AzureSynthesizer(AzureSynthesizerOptions(**self.speech(self.address), **PATIENT))

    def broken(self) -> AzureSynthesizer:
        return AzureSynthesizer(AzureSynthesizerOptions(**self.speech(NOBODY)))

    def refused(self) -> AzureSynthesizer:
        return AzureSynthesizer(AzureSynthesizerOptions(**self.speech(self.address, WRONG)))


@pytest.mark.slow
class TestAzureSynthesizerThatStreamsText(Served, SynthesizerContract):
    def make(self) -> AzureSynthesizer:
        return AzureSynthesizer(
            AzureSynthesizerOptions(**self.speech(self.address), text_streaming=True, **PATIENT)
        )


@pytest.mark.slow
class TestAzureChatModel(Served, ChatModelContract):
    def make(self) -> AzureChatModel:
        return self.model(self.address, self.environment["OPENAI_API_KEY"])

    def broken(self) -> AzureChatModel:
        return self.model(NOBODY, self.environment["OPENAI_API_KEY"])

    def refused(self) -> AzureChatModel:
        return self.model(self.address, WRONG)

    def model(self, address: str, key: str) -> AzureChatModel:
        options = {"endpoint": f"http://{address}", "deployment": "chat", "api_key": key}
        return AzureChatModel(AzureChatOptions.model_validate(options))


class TestOpenAIChatModel(Served, ChatModelContract):
    def make(self) -> OpenAIChatModel:
        return self.model(self.address, self.environment["OPENAI_API_KEY"])

    def broken(self) -> OpenAIChatModel:
        return self.model(NOBODY, self.environment["OPENAI_API_KEY"])

    def refused(self) -> OpenAIChatModel:
        return self.model(self.address, WRONG)

    def model(self, address: str, key: str) -> OpenAIChatModel:
        options = {"base_url": f"http://{address}/openai/v1", "model": "chat", "api_key": key}
        return OpenAIChatModel(OpenAIChatOptions.model_validate(options))
