"""A program that talks and records until it is killed; it writes the conversation's clock to stdout.

Each line is the time, and then how many events the conversation had published by then.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from voicebot import Settings
from voicebot.testing import Pause, ScriptedChatModel, ScriptedSynthesizer, ScriptedUser, converse
from voicebot_recording.observer import Recorder

sys.path.insert(0, str(Path(__file__).parent))


async def main(folder: Path) -> None:
    from talks import TONE, options

    chat = ScriptedChatModel([["A long story begins. ", Pause(0.3), "It goes on and on, for a while."]])
    async with (
        converse(
            chat=chat,
            synthesizer=ScriptedSynthesizer(chunk=TONE),
            settings=Settings(name="Polly"),
            observers=[Recorder(options(folder))],
        ) as user,
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(report(user))
        while True:
            await user.says("tell me more of it", 0.5)
            await user.waits(0.7)


async def report(user: ScriptedUser) -> None:
    while True:
        await asyncio.sleep(0.02)
        print(user.conversation.clock.now(), len(user.events), flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
