"""Runs conversations in a row and prints the resources of its process after some of them, for the soak test.

    python conversations_in_a_row.py CONFIG ANSWER shared|fresh COUNT...

Prints a line of JSON, `{"threads": 9, "files": 12, "bytes": 110000000}`, after each COUNT of
conversations. With `shared`, one bot has all of them; with `fresh`, each has a bot of its own.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import json
import os
import sys
from pathlib import Path

from voicebot import load_config
from voicebot.config.load import BotConfig
from voicebot.engine.bot import Bot
from voicebot.engine.conversation import Conversation
from voicebot.testing import ScriptedVoiceActivity
from voicebot_emulator.testing import LoudUser

PROCESS = Path("/proc/self")


async def talk(bot: Bot, answer: str) -> None:
    """Ask one question and listen to the whole answer."""
    user = LoudUser()
    user.joins(Conversation(bot, user))
    async with asyncio.timeout(300), asyncio.TaskGroup() as tasks:
        tasks.create_task(user.conversation.run())
        await user.waits(0.1)
        await user.says("", 0.3)
        while (await user.is_answered()).heard != answer:
            pass  # on a busy machine words come late, and the reply is made again
        user.hangs_up()


def make(config: BotConfig) -> Bot:
    """Create the bot, with a detector that takes the hum for speech."""
    bot = Bot.from_config(config)
    bot.voice_activity = ScriptedVoiceActivity()
    return bot


def show() -> None:
    """Print the resources of the process, after collecting garbage."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pages = int((PROCESS / "statm").read_text().split()[1])
    held = {
        "threads": len(os.listdir(PROCESS / "task")),
        "files": len(os.listdir(PROCESS / "fd")),
        "bytes": pages * os.sysconf("SC_PAGE_SIZE"),
    }
    print(json.dumps(held), flush=True)


async def main(config: BotConfig, answer: str, bots: str, counts: set[int]) -> None:
    """Run the conversations."""
    numbers = range(1, max(counts) + 1)
    if bots == "shared":
        async with make(config) as bot:
            for number in numbers:
                await talk(bot, answer)
                if number in counts:
                    show()
        return
    for number in numbers:
        async with make(config) as bot:
            await talk(bot, answer)
        if number in counts:
            show()


if __name__ == "__main__":
    path, answer, bots, *counts = sys.argv[1:]
    asyncio.run(main(load_config(Path(path)), answer, bots, set(map(int, counts))))
