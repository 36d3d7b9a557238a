"""Requests are checked as strictly as Azure OpenAI checks them."""

from __future__ import annotations

import asyncio

import httpx2
import openai
import pytest

from .clients import ANSWER, ASK, SURFACES, emulating

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
def test_requests_that_the_service_rejects_are_rejected(surface, request_, status, code, param):
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
def test_requests_that_the_service_accepts_are_accepted(request_):
    async def talk():
        async with emulating() as (_, clients):
            request = {"model": "chat", "messages": ASK, **request_}
            return await clients["deployments"].chat.completions.create(**request)

    assert asyncio.run(talk()).choices[0].message.content == ANSWER


@pytest.mark.parametrize("body", [b"{nonsense", b"[]", b'{"messages": []}'])
def test_an_empty_or_malformed_body_is_refused(body):
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
