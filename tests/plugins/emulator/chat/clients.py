"""Clients of the emulated chat completions."""

from __future__ import annotations

from contextlib import asynccontextmanager

import httpx2
import openai

from voicebot_emulator.account import Account
from voicebot_emulator.script import Script
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
