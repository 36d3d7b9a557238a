"""Runs Azure's emulator in a process of its own until its input ends; prints its environment first.

In the process of the tests, its sockets and memory would be attributed to the providers.
"""

from __future__ import annotations

import asyncio
import json
import sys

from voicebot_emulator.providers import Providers
from voicebot_emulator.script import Script
from voicebot_emulator.server import Emulator
from voicebot_offline.chat.model import ScriptChat, ScriptOptions

PARROT = {"patterns": ("number {number}",), "answers": ("So parrot number {number} says ahoy to you all.",)}
CLOCK = {
    "patterns": ("what time is it in {city}",),
    "call": {"name": "clock", "arguments": {"city": "{city}"}},
    "answers": ("The clock says {result}",),
}
TALE = "There was a parrot, and it knew no song, and that is all there is to tell of it. " * 3


async def main() -> None:
    chat = ScriptChat(ScriptOptions.model_validate({"rules": (PARROT, CLOCK), "default": (TALE,)}))
    script = Script.model_validate({"heard": (sys.argv[1],), "spoken": {"tone": True}})
    async with Emulator(script, providers=Providers(chat=chat)) as emulator:
        print(json.dumps({**emulator.environment, "PORT": str(emulator.port)}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
