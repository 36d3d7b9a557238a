"""Chat completions of the emulator, as the real openai client and the bare wire see them."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager

import httpx2
import openai
import pytest

from voicebot import Message, ProviderError, ReplyEnded, TextDelta
from voicebot.testing import ScriptedChatModel
from voicebot_emulator.account import Account
from voicebot_emulator.providers import Providers
from voicebot_emulator.script import Answered, Script
from voicebot_emulator.server import Emulator

ANSWER = "Arr, I be a pirate. And this be a tale."
ASK = [{"role": "user", "content": "Hi"}]
ACCOUNT = Account(
    deployments={"chat": "gpt-5.4-mini", "old": "gpt-4.1", "small": "gpt-5-nano", "think": "o4-mini"}
)
SURFACES = ["deployments", "v1"]


@asynccontextmanager
async def emulating(*faults, script=None, providers=None):
    """Run an emulator; give it and a client for each surface."""
    script = script if script is not None else Script(answered=(ANSWER,))
    async with Emulator(script, providers=providers, account=ACCOUNT, faults=faults) as emulator:
        address, key = f"http://127.0.0.1:{emulator.port}", emulator.account.openai_key
        usual = {"api_key": key, "max_retries": 0, "timeout": 30}
        async with httpx2.AsyncClient(verify=False) as http:  # reading certificates would take the longest
            azure = openai.AsyncAzureOpenAI(
                azure_endpoint=address, api_version="2024-10-21", http_client=http, **usual
            )
            v1 = openai.AsyncOpenAI(base_url=f"{address}/openai/v1/", http_client=http, **usual)
            yield emulator, {"deployments": azure, "v1": v1}


async def streamed(client, **more):
    stream = await client.chat.completions.create(model="chat", messages=ASK, stream=True, **more)
    return [chunk async for chunk in stream]


async def until_broken(client):
    """Return what arrives of a stream, and the error that breaks it."""
    chunks = []
    try:
        async for chunk in await client.chat.completions.create(model="chat", messages=ASK, stream=True):
            chunks.append(chunk)  # noqa: PERF401 - the error would take them along
    except openai.APIError as error:
        return chunks, error
    raise AssertionError("nothing broke the stream")


def text_of(chunks):
    deltas = (choice.delta for chunk in chunks for choice in chunk.choices)
    return "".join(delta.content or "" for delta in deltas if delta is not None)


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


def test_the_price_is_told_only_if_it_is_asked_for():
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
def test_a_reply_comes_whole_where_it_is_not_to_be_streamed(surface):
    async def talk():
        async with emulating() as (_, clients):
            return await clients[surface].chat.completions.create(model="chat", messages=ASK)

    reply = asyncio.run(talk())
    assert reply.choices[0].message.content == ANSWER
    assert reply.choices[0].finish_reason == "stop"
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens


def test_answers_come_in_the_scripts_order_and_the_last_again_and_again():
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


REFUSED = {
    "unknown deployment": ({"model": "gpt-5.4-mini"}, 404, "DeploymentNotFound", None),
    "no messages": ({"messages": []}, 400, "empty_array", "messages"),
    "messages that are none": ({"messages": "Hi"}, 400, "invalid_type", "messages"),
    "a wrong role": (
        {"messages": [{"role": "king", "content": "x"}]},
        400,
        "invalid_value",
        "messages[0].role",
    ),
    "no content": ({"messages": [{"role": "user"}]}, 400, "invalid_type", "messages[0].content"),
    "temperature": ({"temperature": 0.9}, 400, "unsupported_value", "temperature"),
    "top_p": ({"top_p": 0.9}, 400, "unsupported_parameter", "top_p"),
    "max_tokens": ({"max_tokens": 5}, 400, "unsupported_parameter", "max_tokens"),
    "logprobs": ({"logprobs": True}, 400, "unsupported_parameter", "logprobs"),
    "effort": ({"reasoning_effort": "minimal"}, 400, "unsupported_value", "reasoning_effort"),
    "small effort": (
        {"model": "small", "reasoning_effort": "none"},
        400,
        "unsupported_value",
        "reasoning_effort",
    ),
    "o effort": (
        {"model": "think", "reasoning_effort": "none"},
        400,
        "unsupported_value",
        "reasoning_effort",
    ),
    "effort of none": ({"model": "old", "reasoning_effort": "low"}, 400, None, None),
    "too hot": ({"model": "old", "temperature": 3}, 400, None, "temperature"),
    "stream options": ({"stream_options": {"include_usage": True}}, 400, None, "stream_options"),
    "an unknown argument": ({"extra_body": {"min_p": 1}}, 400, None, None),
}


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize(("request_", "status", "code", "param"), REFUSED.values(), ids=REFUSED)
def test_what_the_service_refuses_is_refused(surface, request_, status, code, param):
    async def talk():
        async with emulating() as (_, clients):
            request = {"model": "chat", "messages": ASK, **request_}
            with pytest.raises(openai.APIStatusError) as raised:
                await clients[surface].chat.completions.create(**request)
            return raised.value

    error = asyncio.run(talk())
    assert (error.status_code, error.code, error.param) == (status, code, param)


@pytest.mark.parametrize(
    "request_",
    [
        {"model": "old", "temperature": 0.9, "top_p": 0.5, "max_tokens": 5},
        {"model": "old", "max_completion_tokens": 5},
        {"model": "chat", "max_completion_tokens": 5, "reasoning_effort": "none", "temperature": 1},
        {"model": "small", "reasoning_effort": "minimal"},
        {"model": "think", "reasoning_effort": "low"},
        {"messages": [{"role": "developer", "content": [{"type": "text", "text": "Be brief."}]}, *ASK]},
    ],
)
def test_what_the_service_takes_is_taken(request_):
    async def talk():
        async with emulating() as (_, clients):
            request = {"model": "chat", "messages": ASK, **request_}
            return await clients["deployments"].chat.completions.create(**request)

    assert asyncio.run(talk()).choices[0].message.content == ANSWER


@pytest.mark.parametrize("body", [b"{nonsense", b"[]", b'{"messages": []}'])
def test_a_body_that_says_nothing_is_refused(body):
    async def talk():
        async with emulating() as (emulator, _), httpx2.AsyncClient(verify=False) as http:
            return await http.post(
                f"http://127.0.0.1:{emulator.port}/openai/v1/chat/completions",
                headers={"api-key": emulator.account.openai_key},
                content=body,
            )

    response = asyncio.run(talk())
    assert response.status_code == 400
    assert response.json()["error"]["type"] == "invalid_request_error"


def test_a_chat_model_behind_gets_the_messages_and_its_persona():
    providers = Providers(chat=ScriptedChatModel(["Aye, aye."]), system="Talk like a pirate.")

    async def talk():
        async with emulating(script=Script(), providers=providers) as (_, clients):
            return text_of(await streamed(clients["deployments"]))

    assert asyncio.run(talk()) == "Aye, aye."
    assert providers.chat.requests[0].messages == (
        Message("system", "Talk like a pirate."),
        Message("user", "Hi"),
    )


def test_a_chat_model_behind_that_fails_fails_the_request():
    providers = Providers(chat=ScriptedChatModel([ProviderError("it is out")]))

    async def talk():
        async with emulating(script=Script(), providers=providers) as (_, clients):
            with pytest.raises(openai.InternalServerError, match="No answer: it is out"):
                await streamed(clients["v1"])

    asyncio.run(talk())


def test_a_chat_model_behind_that_fails_in_mid_stream_breaks_the_stream():
    providers = Providers(chat=ScriptedChatModel([["One ", "two ", ProviderError("it is out")]]))

    async def talk():
        async with emulating(script=Script(), providers=providers) as (_, clients):
            with pytest.raises(openai.APIError, match="The answer was cut off: it is out"):
                await streamed(clients["v1"])

    asyncio.run(talk())


def test_nobody_to_answer_is_said():
    async def talk():
        async with emulating(script=Script()) as (_, clients):
            with pytest.raises(openai.InternalServerError, match="neither a script nor a chat model"):
                await streamed(clients["v1"])

    asyncio.run(talk())


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


def test_lumps_hold_many_tokens():
    async def talk():
        async with emulating("burst") as (_, clients):
            return await streamed(clients["v1"])

    chunks = asyncio.run(talk())
    assert text_of(chunks) == ANSWER
    assert len(chunks) == 4  # prompt, role, one lump, end


def test_an_error_comes_instead_of_the_next_piece():
    async def talk():
        async with emulating("error-event") as (_, clients):
            chunks, error = await until_broken(clients["v1"])
            assert "The server had an error" in str(error)
            return text_of(chunks)

    assert asyncio.run(talk()) == "Arr, I be a"


@pytest.mark.parametrize("surface", SURFACES)
def test_a_filtered_prompt_is_refused_with_what_was_found(surface):
    async def talk():
        async with emulating("content-filter=prompt") as (_, clients):
            with pytest.raises(openai.BadRequestError) as raised:
                await streamed(clients[surface])
            return raised.value

    error = asyncio.run(talk())
    assert error.code == "content_filter"
    assert error.body["innererror"]["code"] == "ResponsibleAIPolicyViolation"
    assert error.body["innererror"]["content_filter_result"]["violence"] == {
        "filtered": True,
        "severity": "medium",
    }


def test_the_rest_of_a_filtered_reply_is_held_back():
    async def talk():
        async with emulating("content-filter=stream") as (_, clients):
            return await streamed(clients["v1"])

    chunks = asyncio.run(talk())
    assert text_of(chunks) == "Arr, I be a"
    assert chunks[-1].choices[0].finish_reason == "content_filter"


def test_a_withdrawn_reply_says_by_offsets_what_stands():
    async def talk():
        async with emulating("content-filter=withdraw") as (_, clients):
            return await streamed(clients["v1"])

    chunks = asyncio.run(talk())
    assert text_of(chunks) == ANSWER
    fine, withdrawn = (chunk.choices[0].content_filter_offsets for chunk in chunks[-2:])
    prompt, half, whole = len("Hi"), len("Hi") + len(ANSWER) // 2, len("Hi") + len(ANSWER)
    assert fine == {"check_offset": prompt, "start_offset": prompt, "end_offset": half}
    assert withdrawn == {"check_offset": half, "start_offset": half, "end_offset": whole}
    assert chunks[-1].choices[0].finish_reason == "content_filter"


@pytest.mark.parametrize("value", ["stream", "withdraw"])
def test_the_filter_cuts_a_whole_reply_too(value):
    async def talk():
        async with emulating(f"content-filter={value}") as (_, clients):
            return await clients["v1"].chat.completions.create(model="chat", messages=ASK)

    choice = asyncio.run(talk()).choices[0]
    assert choice.finish_reason == "content_filter"
    assert ANSWER.startswith(choice.message.content)
    assert choice.message.content != ANSWER


@pytest.mark.parametrize(("point", "heard"), [("start", ""), ("middle", "Arr, I be a"), ("end", ANSWER)])
@pytest.mark.parametrize("name", ["hang", "drop"])
def test_a_stream_stops_where_it_is_told_to(name, point, heard):
    async def talk():
        async with emulating(f"chat:{name}@{point}") as (emulator, clients):
            chunks, error = await until_broken(clients["v1"].with_options(timeout=0.3))
            assert isinstance(error, openai.APIConnectionError)
            assert emulator.journal.find(what="done") == []
            return text_of(chunks), isinstance(error, openai.APITimeoutError)

    assert asyncio.run(talk()) == (heard, name == "hang")


@pytest.mark.parametrize("point", ["start", "middle", "end"])
def test_a_whole_reply_can_be_dropped(point):
    async def talk():
        async with emulating(f"chat:drop@{point}") as (_, clients):
            with pytest.raises(openai.APIConnectionError):
                await clients["v1"].chat.completions.create(model="chat", messages=ASK)

    asyncio.run(talk())


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
