"""Without a script, a real chat model answers."""

from __future__ import annotations

import asyncio

import openai
import pytest

from voicebot import Message, ProviderError
from voicebot.testing import ScriptedChatModel
from voicebot_emulator.providers import Providers
from voicebot_emulator.script import Script

from .clients import emulating, streamed, text_of


def test_a_real_chat_model_gets_the_messages_and_the_system_message_of_its_config():
    providers = Providers(chat=ScriptedChatModel(["Aye, aye."]), system="Talk like a pirate.")

    async def talk():
        async with emulating(script=Script(), providers=providers) as (_, clients):
            return text_of(await streamed(clients["deployments"]))

    assert asyncio.run(talk()) == "Aye, aye."
    assert providers.chat.requests[0].messages == (
        Message("system", "Talk like a pirate."),
        Message("user", "Hi"),
    )


def test_a_real_chat_model_that_fails_fails_the_request():
    providers = Providers(chat=ScriptedChatModel([ProviderError("it is out")]))

    async def talk():
        async with emulating(script=Script(), providers=providers) as (_, clients):
            with pytest.raises(openai.InternalServerError, match="No answer: it is out"):
                await streamed(clients["v1"])

    asyncio.run(talk())


def test_a_real_chat_model_that_fails_in_mid_stream_breaks_the_stream():
    providers = Providers(chat=ScriptedChatModel([["One ", "two ", ProviderError("it is out")]]))

    async def talk():
        async with emulating(script=Script(), providers=providers) as (_, clients):
            with pytest.raises(openai.APIError, match="The answer was cut off: it is out"):
                await streamed(clients["v1"])

    asyncio.run(talk())


def test_without_a_script_or_a_chat_model_the_request_fails_with_a_reason():
    async def talk():
        async with emulating(script=Script()) as (_, clients):
            with pytest.raises(openai.InternalServerError, match="neither a script nor a chat model"):
                await streamed(clients["v1"])

    asyncio.run(talk())
