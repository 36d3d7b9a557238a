"""A template without a system message gets it in another way, which the error names."""

from __future__ import annotations

import asyncio

import pytest

from voicebot import ChatRequest, Message, ProviderError

REFUSALS = [
    (400, {"message": "System role not supported"}),
    (500, {"error": {"message": "Jinja Exception: System role not supported", "code": 500}}),
    (400, {"object": "error", "message": "Only user and assistant roles are supported!"}),
    (400, {"message": "Conversation roles must alternate user/assistant/user/assistant/..."}),
    (422, {"detail": "After the optional system message, conversation roles must alternate"}),
    (400, {"error": {"message": "Unsupported value: 'messages[0].role' does not support 'system'"}}),
    (400, {"error": {"message": "No system prompt role in this model"}}),
]


@pytest.mark.parametrize(("status", "body"), REFUSALS)
def test_a_rejected_system_role_names_the_option(chat_server, ask, status, body):
    async def refuse(exchange):
        await exchange.send(status, body)

    async def run():
        async with chat_server(refuse) as server, server.model(max_retries=0) as model:
            await ask(model)

    with pytest.raises(ProviderError, match="set `system_role: user`"):
        asyncio.run(run())


@pytest.mark.parametrize(
    ("messages", "sent"),
    [
        ([("system", "Be brief."), ("user", "Hi")], [("user", "Be brief.\n\nHi")]),
        (
            [("system", "Be brief."), ("user", "..."), ("assistant", "Ahoy!"), ("user", "Hi")],
            [("user", "Be brief.\n\n..."), ("assistant", "Ahoy!"), ("user", "Hi")],
        ),
        ([("system", "Be brief.")], [("user", "Be brief.")]),
        ([("user", "Hi")], [("user", "Hi")]),
    ],
)
def test_the_system_message_can_begin_the_first_question(chat_server, messages, sent):
    async def run():
        async with chat_server() as server, server.model(system_role="user") as model:
            request = ChatRequest(tuple(Message(role, content) for role, content in messages))
            async for _ in model.reply(request):
                pass
            return [(message["role"], message["content"]) for message in server.requests[0].body["messages"]]

    assert asyncio.run(run()) == sent
