"""Completions come in the order and the form of Azure OpenAI."""

from __future__ import annotations

import asyncio
import json

import httpx2
import pytest

from voicebot import Message, ReplyEnded, TextDelta
from voicebot_emulator.script import Answered, Script

from .clients import ANSWER, ASK, SURFACES, emulating, streamed, text_of


@pytest.mark.parametrize("surface", SURFACES)
def test_a_stream_comes_in_the_services_order(surface):
    async def talk():
        async with emulating() as (_, clients):
            return await streamed(clients[surface], stream_options={"include_usage": True})

    chunks = asyncio.run(talk())
    filtering, role, *content, finish, usage = chunks
    assert filtering.choices == []
    assert filtering.id == ""
    assert filtering.prompt_filter_results[0]["content_filter_results"]["violence"]["severity"] == "safe"
    assert (role.choices[0].delta.role, role.choices[0].delta.content) == ("assistant", "")
    assert text_of(content) == ANSWER
    assert len(content) == len(ANSWER.split())
    assert finish.choices[0].finish_reason == "stop"
    assert (usage.choices, usage.usage.completion_tokens) == ([], len(ANSWER.split()))
    assert role.model == "gpt-5.4-mini"


def test_usage_is_reported_only_if_asked_for():
    async def talk():
        async with emulating() as (_, clients):
            return await streamed(clients["v1"])

    assert all(chunk.usage is None for chunk in asyncio.run(talk()))


def test_a_stream_ends_with_done():
    async def talk():
        async with emulating() as (emulator, _), httpx2.AsyncClient(verify=False) as http:
            return await http.post(
                f"http://127.0.0.1:{emulator.port}/openai/v1/chat/completions",
                headers={"api-key": emulator.account.openai_key},
                json={"model": "chat", "messages": ASK, "stream": True},
            )

    response = asyncio.run(talk())
    assert response.headers["content-type"] == "text/event-stream"
    events = response.text.split("\n\n")
    assert events[-2:] == ["data: [DONE]", ""]
    assert all(event.startswith("data: {") for event in events[:-2])


@pytest.mark.parametrize("surface", SURFACES)
def test_a_reply_that_is_not_streamed_comes_in_one_response(surface):
    async def talk():
        async with emulating() as (_, clients):
            return await clients[surface].chat.completions.create(model="chat", messages=ASK)

    reply = asyncio.run(talk())
    assert reply.choices[0].message.content == ANSWER
    assert reply.choices[0].finish_reason == "stop"
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens


def test_answers_come_in_the_order_of_the_script_and_the_last_is_repeated():
    async def talk():
        async with emulating(script=Script(answered=("One.", Answered(text="Two.")))) as (_, clients):
            return [text_of(await streamed(clients["v1"])) for _ in range(3)]

    assert asyncio.run(talk()) == ["One.", "Two.", "Two."]


@pytest.mark.parametrize("surface", SURFACES)
def test_the_models_are_listed(surface):
    async def talk():
        async with emulating() as (_, clients):
            return [model.id async for model in clients[surface].models.list()]

    assert asyncio.run(talk()) == ["gpt-5.4-mini", "gpt-4.1", "gpt-5-nano", "o4-mini"]


@pytest.mark.parametrize(
    "path", ["/openai/models", "/openai/deployments", "/openai/deployments/chat/chat/completions"]
)
def test_an_address_without_its_version_is_not_found(path):
    async def talk():
        async with emulating() as (emulator, _), httpx2.AsyncClient(verify=False) as http:
            method = "POST" if path.endswith("completions") else "GET"
            response = await http.request(
                method,
                f"http://127.0.0.1:{emulator.port}{path}",
                headers={"api-key": emulator.account.openai_key},
                json={"messages": ASK},
            )
            return response.status_code, response.json()["error"]["message"]

    assert asyncio.run(talk()) == (404, "Resource not found")


def test_a_client_that_hangs_up_ends_the_answer():
    script = Script(answered=(Answered(text="On and on. " * 1000, tokens_per_second=100),))

    async def talk():
        async with emulating(script=script) as (emulator, clients):
            stream = await clients["v1"].chat.completions.create(model="chat", messages=ASK, stream=True)
            await anext(aiter(stream))
            await stream.close()
            while not emulator.journal.find(what="close"):  # noqa: ASYNC110 - a journal has no events
                await asyncio.sleep(0.01)
            assert emulator.journal.find(what="done") == []

    asyncio.run(asyncio.wait_for(talk(), 20))


def test_every_message_is_in_the_journal_without_the_key():
    async def talk():
        async with emulating() as (emulator, clients):
            await streamed(clients["deployments"])
            return emulator.journal, emulator.account.openai_key

    journal, key = asyncio.run(talk())
    (asked,) = journal.find(what="completion")
    assert json.loads(asked.body)["messages"] == ASK
    assert [entry.body for entry in journal.find(what="done")] == [ANSWER]
    assert key not in str(list(journal.entries))


def test_the_emulated_service_and_our_chat_model_agree():
    async def talk():
        from voicebot import ChatRequest
        from voicebot_openai.azure_chat import AzureChatModel
        from voicebot_openai.azure_options import AzureChatOptions

        async with emulating() as (emulator, _):
            variables = emulator.environment
            model = AzureChatModel(
                AzureChatOptions.model_validate(
                    {
                        "endpoint": variables["OPENAI_ENDPOINT"],
                        "api_key": variables["OPENAI_API_KEY"],
                        "deployment": variables["OPENAI_DEPLOYMENT"],
                    }
                )
            )
            await model.start()
            try:
                return [event async for event in model.reply(ChatRequest((Message("user", "Hi"),)))]
            finally:
                await model.aclose()

    *pieces, end = asyncio.run(talk())
    assert "".join(piece.text for piece in pieces if isinstance(piece, TextDelta)) == ANSWER
    assert isinstance(end, ReplyEnded)
