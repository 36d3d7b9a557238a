"""Wrappers around the real SDKs: an answer that began in a race continues in another task."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from voicebot.config.load import choose
from voicebot_emulator.script import Script
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
        "endpoint": environment["OPENAI_ENDPOINT"],
        "api_key": environment["OPENAI_API_KEY"],
        "deployment": environment["OPENAI_DEPLOYMENT"],
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


SCRIPT = Script(answered=("Arr, matey. It rains.",))
HEDGE = {"after": 0.0, "most": 1.0}


@pytest.mark.parametrize("combined", ["hedge", "retry", "fallback"])
def test_a_reply_of_the_openai_sdk_passes_complete_through_a_wrapper(combined: str) -> None:
    async def talk() -> list[Answer]:
        async with Emulator(SCRIPT) as emulator:
            model = openai(emulator)
            options: dict[str, Any] = {
                "hedge": {"of": model, **HEDGE},
                "retry": {"of": model},
                "fallback": {"of": [model, model]},
            }[combined]
            async with made("chat", combined, options) as chat:
                return [await ask(chat) for _ in range(3)]

    answers = asyncio.run(talk())
    assert [(answer.text, answer.error) for answer in answers] == [("Arr, matey. It rains.", None)] * 3


@pytest.mark.parametrize("combined", ["hedge", "retry", "fallback"])
def test_the_speech_of_the_azure_sdk_passes_complete_through_a_wrapper(combined: str) -> None:
    async def talk() -> tuple[Answer, list[Answer]]:
        async with Emulator(SCRIPT) as emulator:
            voice = azure(emulator)
            options: dict[str, Any] = {
                "hedge": {"of": voice, **HEDGE},
                "retry": {"of": voice},
                "fallback": {"of": [voice, voice]},
            }[combined]
            async with made(
                "synthesizer", "azure-tts", {k: v for k, v in voice.items() if k != "provider"}
            ) as plain_voice:
                plain = await say(plain_voice)
            async with made("synthesizer", combined, options) as synthesizer:
                return plain, [await say(synthesizer) for _ in range(3)]

    plain, answers = asyncio.run(talk())
    assert plain.sound
    for answer in answers:
        assert (answer.error, len(answer.sound)) == (None, len(plain.sound))
        assert answer.timings == plain.timings


def test_a_reply_that_hangs_loses_to_another_connection() -> None:
    async def talk() -> Answer:
        async with (
            Emulator(SCRIPT) as emulator,
            made("chat", "hedge", {"of": openai(emulator), "after": 0.2}) as chat,
        ):
            emulator.set_faults(["chat:hang@startx1"])
            return await ask(chat)

    answer = asyncio.run(talk())
    assert (answer.text, answer.error) == ("Arr, matey. It rains.", None)


def test_a_synthesizer_that_hangs_is_replaced_and_closed() -> None:
    async def talk() -> Answer:
        async with Emulator(SCRIPT) as emulator:
            of = [azure(emulator), {"provider": "espeak"}]
            async with made("synthesizer", "fallback", {"of": of, "timeout": 0.3}) as synthesizer:
                emulator.set_faults(["tts:hang@start"])
                return await say(synthesizer)

    answer = asyncio.run(talk())
    assert answer.sound
    assert answer.notices == ["azure-tts failed (it gave no answer for 0.3 s); espeak speaks from now on"]
