"""The section `budget` is edited while its conversation goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.typewriter import Typewriter, Typist

from voicebot import (
    Bot,
    BotConfig,
    BotTurnEnded,
    Conversation,
    ConversationEnded,
    LiveBot,
    ProviderNoticed,
    load_config,
)
from voicebot.testing import simulated

CONFIG = """\
recognizer: {provider: azure-stt, key: "${KEY}", region: westeurope}
chat: {provider: script, default: [Aye.]}
synthesizer: {provider: azure-tts, key: "${KEY}", region: westeurope}
"""


def config(folder: Path, budget: str) -> BotConfig:
    path = folder / "bot.yaml"
    path.write_text(CONFIG + (f"budget: {budget}\n" if budget else ""), encoding="utf-8")
    return load_config(path, environ={"KEY": "0d1c2b3a495867768594"})


@simulated
async def test_another_budget_counts_from_the_beginning_of_the_conversation(tmp_path: Path) -> None:
    bot = Bot.from_config(config(tmp_path, "{minutes: 5}"), device=Typewriter())
    async with LiveBot(bot) as live, asyncio.TaskGroup() as tasks:
        conversation = Conversation(live.bot, Typist(*["and now"] * 60, every=11.0))
        events = conversation.events()
        with live.following(conversation):
            running = tasks.create_task(conversation.run(), name="conversation")
            await asyncio.sleep(15)
            await live.apply(config(tmp_path, ""))
            await asyncio.sleep(15)
            await live.apply(config(tmp_path, "{minutes: 1, warn_at: 0.25, line: Time is up.}"))
            await running
    seen = [event async for event in events]
    notices = [each for each in seen if isinstance(each, ProviderNoticed)]
    assert [round(each.at) for each in notices] == [30, 60]
    assert notices[0].message == "the budget is nearly used up: 0.5 of 1 minutes"
    assert [each.heard for each in seen if isinstance(each, BotTurnEnded)][-1] == "Time is up."
    ended = seen[-1]
    assert isinstance(ended, ConversationEnded)
    assert (ended.by, ended.at) == ("program", pytest.approx(60, abs=1))
