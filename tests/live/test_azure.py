"""The Azure plugins against the real services: `pytest -m live` with the variables of configs/azure.yaml.

Costs a few cents. So far it was only run against the emulator, for lack of an account.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import pytest

from voicebot import (
    AudioChunk,
    ChatRequest,
    FinalTranscript,
    Hints,
    Message,
    PartialTranscript,
    ReplyEnded,
    TextDelta,
    Utterance,
    load_config,
    shipped_configs,
)

VARIABLES = ("SPEECH_KEY", "SERVICE_REGION", "OPENAI_API_KEY", "OPENAI_ENDPOINT", "OPENAI_DEPLOYMENT")
MISSING = [name for name in VARIABLES if not os.environ.get(name)]
pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(bool(MISSING), reason=f"needs an Azure account: set {', '.join(MISSING)}"),
]
TEXT = "The treasure is buried under the old palm tree."


async def speech(rate: int) -> bytes:
    """Return a sentence that Azure says, resampled for the recogniser."""
    from voicebot import AudioFormat, Resampler

    voice: Any = load_config(shipped_configs()["azure"]).synthesizer.make()
    await voice.start()
    try:
        resampler = Resampler(voice.output_format, AudioFormat(rate))
        sound = b""
        async with aclosing(voice.synthesize(Utterance(TEXT))) as events:
            async for event in events:
                if isinstance(event, AudioChunk):
                    sound += resampler.write(event.audio)
        return sound + resampler.flush()
    finally:
        await voice.aclose()


def test_the_voice_is_heard_and_says_what_it_was_given() -> None:
    async def talk() -> tuple[list[str], str]:
        recognizer: Any = load_config(shipped_configs()["azure"]).recognizer.make()
        sound = await speech(16_000)
        await recognizer.start()
        partials, final = [], ""
        try:
            async with recognizer.listen(Hints(languages=("en-US",))) as recognition:
                for start in range(0, len(sound), 640):
                    await recognition.write(sound[start : start + 640].ljust(640, b"\0"))
                    await asyncio.sleep(0.02)
                await recognition.commit()
                async for event in recognition:
                    if isinstance(event, PartialTranscript):
                        partials.append(event.text)
                    if isinstance(event, FinalTranscript):
                        final = event.text
                        break
        finally:
            await recognizer.aclose()
        return partials, final

    partials, final = asyncio.run(talk())

    assert partials
    assert "treasure" in final.lower()
    assert "palm tree" in final.lower()


def test_the_model_streams_its_answer() -> None:
    async def ask() -> tuple[list[str], list[ReplyEnded]]:
        model: Any = load_config(shipped_configs()["azure"]).chat.make()
        await model.start()
        pieces, ends = [], []
        try:
            question = Message("user", "Count from one to ten, in words.")
            async with aclosing(model.reply(ChatRequest((question,)))) as events:
                async for event in events:
                    match event:
                        case TextDelta(text):
                            pieces.append(text)
                        case ReplyEnded():
                            ends.append(event)
        finally:
            await model.aclose()
        return pieces, ends

    pieces, ends = asyncio.run(ask())

    assert len(pieces) > 1
    assert "seven" in "".join(pieces).lower()
    assert [end.reason for end in ends] == ["stop"]


@pytest.mark.parametrize("name", ["azure", "pirate", "alfred"])
def test_the_voices_of_the_configs_exist(name: str) -> None:
    async def voices(make: Callable[[], Any]) -> list[str]:
        voice = make()
        await voice.start()
        try:
            return [each.name for each in await voice.voices()]
        finally:
            await voice.aclose()

    choice = load_config(shipped_configs()[name]).synthesizer

    assert choice.options.voice in asyncio.run(voices(choice.make))  # type: ignore[attr-defined]
