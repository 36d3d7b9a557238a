"""Signing in without a key: the real azure-identity against a simulated managed identity."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import pytest

from voicebot import ProviderError, install_hint
from voicebot_openai.azure_chat import AzureChatModel

pytest.importorskip("azure.identity", reason="needs azure-identity: extra entra")

TOKEN = "eyJhbGciOi.eyJhdWQiOi.c2lnbmF0dXJl"


class Identity:
    """A managed identity like that of Azure App Service: tokens from an address in the environment."""

    def __init__(self, *, lifetime: int = 3600, status: int = 200) -> None:
        self.asked: list[str] = []
        self.lifetime = lifetime
        self.status = status

    async def answer(self, reader, writer):
        line = (await reader.readline()).decode()
        while (await reader.readline()).strip():
            pass
        resource = parse_qs(urlsplit(line.split()[1]).query).get("resource", [""])[0]
        self.asked.append(resource)
        expires = str(int(time.time()) + self.lifetime)
        token = {"access_token": TOKEN, "expires_on": expires, "resource": resource, "token_type": "Bearer"}
        body = json.dumps(token if self.status == 200 else {"message": "no identity"}).encode()
        head = f"HTTP/1.1 {self.status} X\r\ncontent-type: application/json\r\nconnection: close\r\n"
        writer.write(head.encode() + f"content-length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()


@pytest.fixture
def identity(monkeypatch):
    for name in ("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET", "AZURE_TOKEN_CREDENTIALS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IDENTITY_HEADER", "pretended")
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential")

    @asynccontextmanager
    async def run(**how):
        pretended = Identity(**how)
        server = await asyncio.start_server(pretended.answer, "127.0.0.1", 0)
        monkeypatch.setenv(
            "IDENTITY_ENDPOINT", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/token"
        )
        try:
            yield pretended
        finally:
            server.close()
            await server.wait_closed()

    return run


@asynccontextmanager
async def signed_in(options_of, api_version):
    from voicebot_emulator.account import Account
    from voicebot_emulator.script import Script
    from voicebot_emulator.server import Emulator

    account = Account(openai_key=TOKEN)
    async with Emulator(Script(answered=("Aye.",)), account=account) as emulator:
        endpoint = f"http://127.0.0.1:{emulator.port}"
        model = AzureChatModel(options_of(endpoint, entra=True, api_key=None, api_version=api_version))
        await model.start()
        try:
            yield emulator, model
        finally:
            await model.aclose()


@pytest.mark.parametrize(
    ("api_version", "resource"),
    [(None, "https://ai.azure.com"), ("2024-10-21", "https://cognitiveservices.azure.com")],
)
def test_a_token_for_the_right_scope_is_sent_instead_of_a_key_and_requested_once(
    identity, options_of, ask, text_of, api_version, resource
):
    async def talk():
        async with identity() as pretended, signed_in(options_of, api_version) as (emulator, model):
            texts = [text_of(await ask(model)), text_of(await ask(model))]
            return texts, pretended.asked, [e.headers for e in emulator.journal.find(what="open")]

    texts, asked, headers = asyncio.run(talk())
    assert texts == ["Aye.", "Aye."]
    assert asked == [resource]
    assert all("Authorization" in sent and "api-key" not in sent for sent in headers)


def test_an_expired_token_is_renewed(identity, options_of, ask, text_of):
    async def talk():
        async with identity(lifetime=0) as pretended, signed_in(options_of, None) as (_, model):
            await ask(model)
            before = len(pretended.asked)
            await ask(model)
            return before, len(pretended.asked)

    before, after = asyncio.run(talk())
    assert after > before


def test_a_missing_sign_in_is_explained_on_one_line(identity, options_of, caplog):
    caplog.set_level(logging.CRITICAL, logger="azure")

    async def talk():
        async with identity(status=400), signed_in(options_of, None):
            pass

    with pytest.raises(ProviderError) as raised:
        asyncio.run(talk())
    assert "this machine has no Entra ID identity; run `az login`, or use `api_key` instead" in str(
        raised.value
    )
    assert "\n" not in str(raised.value)


def test_a_rejected_token_names_the_missing_role_and_is_not_shown(identity, options_of, ask):
    async def talk():
        async with identity(), signed_in(options_of, None) as (emulator, model):
            emulator.set_faults(["wrong-key"])
            with pytest.raises(ProviderError, match="rejected the Entra ID sign-in; give") as raised:
                await ask(model)
            return str(raised.value)

    assert TOKEN not in asyncio.run(talk())


def test_a_closed_model_can_be_closed_again_and_raises_a_clear_error(identity, options_of, ask):
    async def talk():
        async with identity(), signed_in(options_of, None) as (_, model):
            await model.aclose()
            await model.aclose()
            with pytest.raises(ProviderError, match="is not connected"):
                await ask(model)

    asyncio.run(talk())


def test_a_missing_package_is_named_with_the_command_to_install_it():
    code = (
        "import asyncio, sys; sys.modules['azure.identity'] = None; sys.modules['azure.identity.aio'] = None;"
        "from voicebot_openai.azure_chat import AzureChatModel as M;"
        "from voicebot_openai.azure_options import AzureChatOptions as O;"
        "asyncio.run(M(O(endpoint='https://x.openai.azure.com', deployment='d', entra=True)).start())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert install_hint("azure.identity", "voicebot-framework[entra]") in done.stderr


@pytest.mark.parametrize("api_version", [None, "2025-04-01-preview"])
def test_the_voice_and_the_recogniser_sign_in_in_the_same_way(identity, api_version):
    from voicebot import Utterance
    from voicebot_emulator.account import Account
    from voicebot_emulator.script import Script
    from voicebot_emulator.server import Emulator
    from voicebot_openai.recognition.options import OpenAIRecognizerOptions
    from voicebot_openai.recognition.recognizer import OpenAIRecognizer
    from voicebot_openai.synthesis.options import OpenAISynthesizerOptions
    from voicebot_openai.synthesis.synthesizer import OpenAISynthesizer

    async def talk():
        script, account = Script.model_validate({"spoken": {"tone": True}}), Account(openai_key=TOKEN)
        async with identity(), Emulator(script, account=account) as emulator:
            azure = {
                "endpoint": f"http://127.0.0.1:{emulator.port}",
                "entra": True,
                "api_version": api_version,
            }
            voice = OpenAISynthesizer(OpenAISynthesizerOptions(deployment="speech", **azure))
            recognizer = OpenAIRecognizer(OpenAIRecognizerOptions(deployment="live", **azure))
            try:
                await voice.start()
                await recognizer.start()  # opens a session
                spoken = [event async for event in voice.synthesize(Utterance("Ahoy."))]
            finally:
                await voice.aclose()
                await recognizer.aclose()
            return spoken, [entry.headers for entry in emulator.journal.find(what="open")]

    spoken, headers = asyncio.run(talk())
    assert spoken
    assert all("Authorization" in sent and "api-key" not in sent for sent in headers)
