"""Signing in with Entra ID: the real azure-identity against a simulated managed identity."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from voicebot import Hints, ProviderError, install_hint
from voicebot_azure.account import SpeechAccount
from voicebot_azure.recognition.options import AzureRecognizerOptions
from voicebot_azure.recognition.recognizer import AzureRecognizer
from voicebot_azure.sdk import SpeechSdk
from voicebot_emulator.script import Script
from voicebot_emulator.server import Account as EmulatedAccount
from voicebot_emulator.server import Emulator

Sound = Callable[[float], bytes]
TOKEN = "an-emulated-token"
RESOURCE = "/subscriptions/1/resourceGroups/bot/providers/Microsoft.CognitiveServices/accounts/bot"


class _Identity(BaseHTTPRequestHandler):
    """Returns tokens like the host of an App Service."""

    def do_GET(self) -> None:
        body = json.dumps(
            {
                "access_token": TOKEN,
                "expires_on": str(int(time.time()) + 3_600),
                "resource": "https://cognitiveservices.azure.com",
                "token_type": "Bearer",
            }
        ).encode()
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Send nothing."""


@pytest.fixture
def identity(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Give this machine an identity; return the token requests it gets."""
    pytest.importorskip("azure.identity", reason="it comes with the extra entra")
    server = HTTPServer(("127.0.0.1", 0), _Identity)
    asked: list[str] = []
    server.asked = asked  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{server.server_port}/token")
    monkeypatch.setenv("IDENTITY_HEADER", "secret")
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential")
    yield asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("resource", [None, RESOURCE])
def test_a_recogniser_signs_in_without_a_key(resource: str | None, identity: list[str], hum: Sound) -> None:
    async def scenario() -> None:
        account = EmulatedAccount(speech_key=TOKEN)
        async with Emulator(Script(heard=("Hello.",)), account=account) as emulator:
            options = {"endpoint": emulator.environment["SPEECH_ENDPOINT"], "resource_id": resource}
            recognizer = AzureRecognizer(AzureRecognizerOptions(entra=True, **options))
            await recognizer.start()
            for _ in range(2):
                async with recognizer.listen(Hints()) as recognition:
                    await recognition.write(hum(0.3))
                    await recognition.finish()
                    assert [event async for event in recognition]
            await recognizer.aclose()
            headers = emulator.journal.find(service="stt", what="open")[0].headers

        assert "Authorization" in headers
        assert len(identity) == 1, "a token is asked for once and kept while it is good"
        assert "cognitiveservices.azure.com" in identity[0]

    asyncio.run(scenario())


def test_a_sign_in_that_the_service_rejects_is_explained(identity: list[str]) -> None:
    async def scenario() -> None:
        async with Emulator() as emulator:
            options = {"endpoint": emulator.environment["SPEECH_ENDPOINT"], "resource_id": RESOURCE}
            recognizer = AzureRecognizer(AzureRecognizerOptions(entra=True, **options))
            await recognizer.start()
            with pytest.raises(ProviderError, match="the role Cognitive Services Speech User") as caught:
                async with recognizer.listen(Hints()):
                    pass
            await recognizer.aclose()
        assert not caught.value.retryable
        assert TOKEN not in str(caught.value)

    asyncio.run(scenario())


def test_without_a_sign_in_the_error_says_how_to_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("azure.identity", reason="it comes with the extra entra")
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    account = SpeechAccount(region="westeurope", entra=True, resource_id=RESOURCE)
    speech = SpeechSdk(account, "tts")

    with pytest.raises(ProviderError, match="not signed in to Microsoft Entra ID; run `az login`"):
        speech.config()
    speech.close()


@pytest.mark.parametrize(
    ("module", "options", "says"),
    [
        ("azure.cognitiveservices.speech", {"key": "abc"}, "pip install azure-cognitiveservices-speech"),
        (
            "azure.identity",
            {"entra": True, "resource_id": RESOURCE},
            re.escape(install_hint("azure.identity", "voicebot-framework[entra]")),
        ),
    ],
)
def test_a_missing_package_is_named(
    module: str, options: dict[str, Any], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        recognizer = AzureRecognizer(AzureRecognizerOptions(region="westeurope", **options))
        with pytest.raises(ProviderError, match=says):
            await recognizer.start()
        with pytest.raises(ProviderError, match="is not started"):
            async with recognizer.listen(Hints()):
                pass
        await recognizer.aclose()

    monkeypatch.setitem(sys.modules, module, None)  # what an import of it then finds
    asyncio.run(scenario())
