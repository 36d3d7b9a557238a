"""The real SDKs under the decorators: an answer that was begun in a race goes on in another task."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from voicebot.config.load import choose
from voicebot_emulator.server import Emulator

from .conftest import Answer, ask, say


@asynccontextmanager
async def made(kind: str, name: str, options: dict[str, Any]) -> AsyncGenerator[Any, None]:
    provider = choose(kind, name, options).make()
    await provider.start()
    try:
        yield provider
    finally:
        await provider.aclose()


def openai(emulator: Emulator, **more: Any) -> dict[str, Any]:
    environment = emulator.environment
    return {
        "provider": "azure-openai",
        "endpoint": environment["AZURE_OPENAI_ENDPOINT"],
        "key": environment["AZURE_OPENAI_KEY"],
        "deployment": environment["AZURE_OPENAI_DEPLOYMENT"],
        "retries": 0,
        **more,
    }


def azure(emulator: Emulator, **more: Any) -> dict[str, Any]:
    environment = emulator.environment
    return {
        "provider": "azure-tts",
        "key": environment["SPEECH_KEY"],
        "region": environment["SERVICE_REGION"],
        "endpoint": environment["SPEECH_ENDPOINT"],
        "pool": 2,
        **more,
    }


HEDGE = {"after": 0.0, "most": 1.0}


@pytest.mark.parametrize("combined", ["hedge", "retry", "fallback"])
def test_a_reply_of_the_openai_sdk_comes_whole_through_a_decorator(combined: str) -> None:
    async def talk() -> tuple[list[Answer], int]:
        async with Emulator() as emulator:
            model = openai(emulator)
            options: dict[str, Any] = {
                "hedge": {"of": model, **HEDGE},
                "retry": {"of": model},
                "fallback": {"of": [model, model]},
            }[combined]
            async with made("chat", combined, options) as chat:
                answers = [await ask(chat) for _ in range(3)]
                return answers, asyncio.all_tasks().__len__()

    answers, _ = asyncio.run(talk())
    assert all(answer.text and answer.error is None for answer in answers)


@pytest.mark.parametrize("combined", ["hedge", "retry", "fallback"])
def test_the_speech_of_the_azure_sdk_comes_whole_through_a_decorator(combined: str) -> None:
    async def talk() -> tuple[Answer, list[Answer]]:
        async with Emulator() as emulator:
            voice = azure(emulator)
            options: dict[str, Any] = {
                "hedge": {"of": voice, **HEDGE},
                "retry": {"of": voice},
                "fallback": {"of": [voice, voice]},
            }[combined]
            async with made("synthesizer", "azure-tts", {k: v for k, v in voice.items() if k != "provider"}) as plain_voice:
                plain = await say(plain_voice)
            async with made("synthesizer", combined, options) as synthesizer:
                return plain, [await say(synthesizer) for _ in range(3)]

    plain, answers = asyncio.run(talk())
    assert plain.sound
    for answer in answers:
        assert (answer.error, len(answer.sound)) == (None, len(plain.sound))
        assert answer.timings == plain.timings
