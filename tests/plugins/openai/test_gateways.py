"""Servers behind gateways: custom headers, which are never shown, and private certificates."""

from __future__ import annotations

import asyncio
import logging
import ssl
import subprocess
import traceback

import pytest
from pydantic import ValidationError

from voicebot import ProviderError
from voicebot_openai.azure_chat import AzureChatModel
from voicebot_openai.chat import OpenAIChatModel
from voicebot_openai.options import OpenAIChatOptions

SECRET = "very-secret-of-the-gateway"


def test_headers_are_sent_with_every_request_and_replace_those_of_the_same_name(chat_server, ask):
    headers = {"X-Gateway": SECRET, "user-agent": "me", "Authorization": f"Basic {SECRET}"}
    greeted = []

    async def greet(exchange):
        greeted.append(exchange.headers)
        await exchange.send(200, {"data": [{"id": "test-model"}]})

    async def run():
        async with chat_server() as server:
            server.greet = greet
            async with server.model(headers=headers) as model:
                await ask(model)
            return server.requests[0].headers

    for sent in (asyncio.run(run()), *greeted):
        assert sent["x-gateway"] == SECRET
        assert sent["user-agent"] == "me"
        assert sent["authorization"] == f"Basic {SECRET}"
    assert len(greeted) == 1


def test_headers_may_replace_the_key(chat_server, ask):
    async def run():
        async with chat_server() as server, server.model(api_key=None, headers={"X-Key": SECRET}) as model:
            await ask(model)
            return server.requests[0].headers

    headers = asyncio.run(run())
    assert headers["x-key"] == SECRET
    assert "authorization" not in headers


@pytest.mark.parametrize("api_version", [None, "2024-10-21"])
def test_azure_accepts_headers_in_place_of_a_key(chat_server, options_of, ask, api_version):
    async def run():
        async with chat_server() as server:
            options = options_of(
                f"http://127.0.0.1:{server.port}",
                api_key=None,
                api_version=api_version,
                headers={"Ocp-Apim-Subscription-Key": SECRET},
            )
            model = AzureChatModel(options)
            await model.start()
            await ask(model)
            await model.aclose()
            return [exchange.headers for exchange in server.requests]

    for headers in asyncio.run(run()):
        assert headers["ocp-apim-subscription-key"] == SECRET
        assert "authorization" not in headers
        assert "api-key" not in headers


def test_headers_are_not_sent_to_another_server_after_a_redirect(chat_server, ask):
    async def run():
        async with chat_server() as other, chat_server() as server:

            async def elsewhere(exchange):
                await exchange.send(307, "", extra=f"location: {other.base_url}/chat/completions\r\n")

            server.answer = elsewhere
            async with server.model(headers={"X-Gateway": SECRET}) as model:
                await ask(model)
            return server.requests[0].headers, other.requests[0].headers

    first, second = asyncio.run(run())
    assert first["x-gateway"] == SECRET
    assert SECRET not in str(second)


@pytest.mark.parametrize("status", [200, 401, 500])
def test_headers_are_never_shown_even_if_the_server_repeats_them(chat_server, ask, caplog, status):
    for name in ("", "openai", "httpx2", "httpcore2"):
        caplog.set_level(logging.DEBUG, logger=name)

    async def talkative(exchange):
        await exchange.send(status, {"error": {"message": f"Bearer {SECRET} is bad"}})

    async def run():
        headers = {"X-Gateway": f"Bearer {SECRET}"}
        async with chat_server(talkative) as server, server.model(headers=headers) as model:
            with pytest.raises(ProviderError) as raised:
                await ask(model)
            return model, raised.value

    model, error = asyncio.run(run())
    assert SECRET not in f"{error} {error!r} {model!r} {model.options!r} {model.options.model_dump_json()}"
    assert SECRET not in "".join(traceback.format_exception(error))
    assert SECRET not in caplog.text
    assert "openai" in {record.name.partition(".")[0] for record in caplog.records}


@pytest.mark.parametrize(
    "headers",
    [
        {"bad name": "x"},
        {"": "x"},
        {"X-Evil\r\nX-More": "x"},
        {"X-Evil": f"{SECRET}\r\nX-More: x"},
        {"X-Accent": f"{SECRET}é"},
        {"Content-Length": "3"},
        {"X-Twice": "1", "x-twice": "2"},
    ],
)
def test_headers_that_cannot_be_sent_are_rejected_without_showing_their_values(headers):
    with pytest.raises(ValidationError, match=r"header|not for others to set") as raised:
        OpenAIChatOptions.model_validate(
            {"model": "m", "base_url": "http://localhost/v1", "headers": headers}
        )
    assert SECRET not in str(raised.value)


def test_blanks_around_the_address_are_not_part_of_it(chat_server, ask, text_of):
    async def run():
        async with chat_server() as server, server.model(base_url=f" {server.base_url}\t\n") as model:
            return text_of(await ask(model))

    assert asyncio.run(run()) == "Hello there."


@pytest.mark.parametrize("base_url", ["http://local host/v1", "http://localhost/v 1"])
def test_blanks_within_an_address_are_rejected(base_url):
    with pytest.raises(ValidationError, match="must be an address"):
        OpenAIChatOptions(model="m", base_url=base_url)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A self-signed certificate for `localhost` and its key, as from a private certificate authority."""
    folder = tmp_path_factory.mktemp("authority")
    certificate, key = folder / "ca.pem", folder / "ca.key"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    named = ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    try:
        subprocess.run([*made, *named, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("needs openssl")
    return certificate, key


async def talk_encrypted(server, authority, ask, **options):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*authority)
    async with (
        server,
        await asyncio.start_server(server._connected, "127.0.0.1", 0, ssl=context) as encrypted,
    ):
        port = encrypted.sockets[0].getsockname()[1]
        settings = OpenAIChatOptions.model_validate(
            {"model": "test-model", "base_url": f"https://localhost:{port}/v1", **options}
        )
        model = OpenAIChatModel(settings)
        try:
            await model.start()
            return await ask(model)
        finally:
            await model.aclose()


def test_a_private_certificate_authority_is_trusted_on_this_machine_too(
    chat_server, authority, ask, text_of, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[0]))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    assert text_of(asyncio.run(talk_encrypted(chat_server(), authority, ask))) == "Hello there."


def test_an_untrusted_certificate_names_the_variable_that_helps(chat_server, authority, ask, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with pytest.raises(ProviderError, match=r"does not trust.*SSL_CERT_FILE"):
        asyncio.run(talk_encrypted(chat_server(), authority, ask))


def test_a_file_of_certificates_that_is_missing_names_the_variable(monkeypatch, tmp_path, chat_server, ask):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    options = OpenAIChatOptions(model="m", base_url="https://localhost:1/v1")
    with pytest.raises(ProviderError, match=r"FileNotFoundError.*check SSL_CERT_FILE"):
        asyncio.run(OpenAIChatModel(options).start())

    async def unencrypted():
        async with chat_server() as server, server.model() as model:
            return await ask(model)

    assert asyncio.run(unencrypted())
