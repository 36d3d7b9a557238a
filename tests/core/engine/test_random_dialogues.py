"""Dialogues drawn at random: whatever the rhythm, every word is answered once, and nothing is left behind."""

from __future__ import annotations

import asyncio
import random

import pytest

from voicebot import Settings
from voicebot.config.schema import TurnOptions
from voicebot.testing import ScriptedChatModel, ScriptedRecognizer, ScriptedSynthesizer, converse, simulated


@pytest.mark.parametrize("seed", range(30))
def test_no_word_is_lost_or_said_twice(seed: int) -> None:
    draw = random.Random(seed)
    reply = " ".join(f"reply{number}" for number in range(draw.randint(1, 25)))
    settings = Settings(
        greeting=draw.choice(["", "Good morning, how are you today?"]),
        listening_tone=draw.random() < 0.3,
        turns=TurnOptions(patience=draw.choice([0, 0.3, 0.8]), interruptible=draw.random() < 0.7),
    )
    spoken: list[str] = []

    @simulated
    async def dialogue() -> None:
        async with converse(
            recognizer=ScriptedRecognizer(final_delay=draw.choice([0, 0.05, 0.5, 1.0, 2.5])),
            chat=ScriptedChatModel([f"{reply}."], first_token=draw.choice([0, 0.3, 1])),
            synthesizer=ScriptedSynthesizer(word_timings=draw.random() < 0.5),
            settings=settings,
        ) as user:
            for _ in range(draw.randint(3, 12)):
                words = [f"word{len(spoken) + number}" for number in range(draw.randint(1, 4))]
                spoken.extend(words)
                await user.says(" ".join(words), draw.choice([0.1, 0.3, 1.0]))
                await user.waits(draw.choice([0.26, 0.3, 0.5, 0.84, 1.0, 1.22, 2, 5]))
            await user.waits(10)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        messages = user.conversation.history.messages
        assert " ".join(m.content for m in messages if m.role == "user").split() == spoken

    dialogue()
