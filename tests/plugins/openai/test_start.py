"""Starting: a bot without a working chat model fails at once with the reason."""

from __future__ import annotations

import asyncio
import logging

import pytest

from voicebot import ProviderError
from voicebot_openai.chat import OpenAIChatModel
from voicebot_openai.options import OpenAIChatOptions


async def no_such_model(exchange):
    await exchange.send(404, {"error": {"message": 'model "x" not found, try pulling it first'}})


async def refuse_key(exchange):
    await exchange.send(401, {"error": {"message": "Invalid key"}})


def start(server_class, *, models=("test-model",), greet=None, answer=None, **options):
    """Start and close a model; return the requests that it made while starting."""

    async def run():
        async with server_class() as server:
            server.models = models
            server.greet = greet
            if answer is not None:
                server.answer = answer
            async with server.model(**options):
                return [exchange.question for exchange in server.requests]

    return asyncio.run(run())


def test_starting_asks_for_no_reply_when_the_model_is_listed(chat_server):
    assert start(chat_server) == []


def test_ollamas_tag_may_be_left_out(chat_server):
    assert start(chat_server, models=("llama3.2:latest",), model="llama3.2", answer=no_such_model) == []


def test_a_model_that_the_server_does_not_have_is_rejected_with_similar_names(chat_server):
    with pytest.raises(ProviderError, match=r"has no model `lama3`; it has `llama3`\. Correct `model`"):
        start(chat_server, models=("mistral", "llama3"), model="lama3", answer=no_such_model)


def test_any_model_is_named_when_none_is_similar(chat_server):
    with pytest.raises(ProviderError, match=r"it has `aya`, `mistral`"):
        start(chat_server, models=("mistral", "aya"), model="gpt-4o", answer=no_such_model)


def test_a_model_that_works_although_it_is_not_listed_is_accepted(chat_server):
    assert start(chat_server, models=("/models/qwen.gguf",), model="whatever") == ["Hello"]


def test_preload_begins_a_reply_and_closes_the_request(chat_server):
    hung_up = []

    async def load(exchange):
        await exchange.begin()
        await exchange.delta(content="H")
        await exchange.until_gone()
        hung_up.append(True)

    async def run():
        async with chat_server(load) as server, server.model(preload=True):
            await asyncio.wait_for(server.hung_up.wait(), 5)

    asyncio.run(run())
    assert hung_up == [True]


def test_preload_waits_longer_than_a_reply_may_take(chat_server):
    async def slow_to_load(exchange):
        loop = asyncio.get_running_loop()
        loaded = asyncio.Event()
        loop.call_later(0.1, loaded.set)
        await loaded.wait()
        await exchange.begin()
        await exchange.delta("stop", content="H")
        await exchange.done()

    assert start(chat_server, preload=True, timeout=0.02, answer=slow_to_load) == ["Hello"]


def test_preload_reports_a_model_that_fails(chat_server):
    async def too_big(exchange):
        await exchange.send(500, {"error": {"message": "model requires more system memory"}})

    with pytest.raises(ProviderError, match="status 500; try again: model requires more system memory"):
        start(chat_server, preload=True, answer=too_big)


def test_a_rejected_key_fails_at_start(chat_server, key):
    with pytest.raises(ProviderError, match="rejected the key") as raised:
        start(chat_server, greet=refuse_key)
    assert key not in str(raised.value)


def test_a_missing_key_differs_from_a_rejected_one(chat_server):
    with pytest.raises(ProviderError, match="requires a key; set `api_key`"):
        start(chat_server, greet=refuse_key, api_key=None)


def test_a_key_that_may_chat_but_not_list_models_is_accepted(chat_server):
    async def restricted(exchange):
        await exchange.send(401, {"error": {"message": "Missing scopes: api.model.read"}})

    assert start(chat_server, greet=restricted) == []


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, "404 page not found", "text/plain"),
        (200, "<html>", "text/html"),
        (200, "[]", "application/json"),
        (200, '{"data": 42}', "application/json"),
        (200, '{"data": [42, {}]}', "application/json"),
        (200, "{nonsense", "application/json"),
        (500, "", "text/plain"),
    ],
)
def test_a_server_without_a_list_of_models_is_accepted(chat_server, status, body, kind):
    async def greet(exchange):
        await exchange.send(status, body, kind=kind)

    assert start(chat_server, greet=greet) == []


def test_an_address_that_nothing_listens_on_fails_at_start(closed_port):
    options = OpenAIChatOptions(model="m", base_url=f"http://127.0.0.1:{closed_port}/v1")
    with pytest.raises(ProviderError, match=f"http://127.0.0.1:{closed_port}/v1 does not answer: is the"):
        asyncio.run(OpenAIChatModel(options).start())


def test_an_environment_that_forbids_every_connection_is_reported(monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "gopher://proxy.example.org")
    options = OpenAIChatOptions(model="m", base_url="http://llm.example.org/v1")
    with pytest.raises(
        ProviderError, match=r"http://llm.example.org/v1 cannot be reached from this machine.*gopher"
    ):
        asyncio.run(OpenAIChatModel(options).start())


def test_start_can_be_cancelled_at_any_time(chat_server):
    async def run():
        asked = asyncio.Event()

        async def hang(exchange):
            asked.set()
            await exchange.until_gone()

        async with chat_server() as server:
            server.greet = hang
            model = OpenAIChatModel(OpenAIChatOptions(model="m", base_url=server.base_url))
            starting = asyncio.create_task(model.start())
            await asked.wait()
            starting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await starting
            await asyncio.wait_for(server.hung_up.wait(), 5)

    asyncio.run(run())


def test_local_servers_are_reached_past_a_proxy_and_learn_nothing_from_the_environment(
    chat_server, ask, closed_port, monkeypatch
):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{closed_port}")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-service")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-another-service")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-of-another-service")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")

    async def run():
        async with chat_server() as server, server.model(api_key=None) as model:
            await ask(model)
            return server.requests[0].headers

    headers = asyncio.run(run())
    assert headers["authorization"] == "Bearer none"
    assert "another-service" not in str(headers)


def test_a_slow_list_of_models_is_not_fatal(chat_server, caplog, ask, text_of):
    caplog.set_level(logging.WARNING)

    async def hang(exchange):
        await exchange.until_gone()

    async def run():
        async with chat_server() as server:
            server.greet = hang
            async with server.model(timeout=1.0) as model:
                return text_of(await ask(model))

    assert asyncio.run(run()) == "Hello there."
    assert "is slow" in caplog.text
