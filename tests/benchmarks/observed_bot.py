"""Runs a bot on the sound card until it is stopped, and prints what happens, for `sound_card_delay.py`.

    python observed_bot.py CONFIG

Prints a line of JSON for each event, `{"event": "BotDucked", "clock": 81.2, "began": 70.1, "held": false}`.
`clock` is when it happened, and `began` when the conversation did: seconds on the system's monotonic clock.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from voicebot import Bot, Conversation, load_config


async def main(config: Path) -> None:
    """Run one conversation."""
    async with Bot.from_config(load_config(config)) as bot, bot.device.open() as stream:
        conversation = Conversation(bot, stream)
        began = time.monotonic()  # as is the conversation's clock
        events = conversation.events()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(conversation.run())
            async for event in events:
                more = {key: value for key, value in asdict(event).items() if key != "at"}
                line = {"event": type(event).__name__, "clock": began + event.at, "began": began, **more}
                print(json.dumps(line), flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
