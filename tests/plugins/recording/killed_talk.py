"""A program that talks and records until it is killed; it writes to stdout what there was to record.

Each line has the conversation's clock, the seconds of the user's sound that the device had delivered by then,
and how many events the conversation had published.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from voicebot import DeviceEvent, Settings
from voicebot.testing import Pause, ScriptedChatModel, ScriptedSynthesizer, ScriptedUser, converse
from voicebot.testing.scripted import MICROPHONE
from voicebot_recording.observer import Recorder

sys.path.insert(0, str(Path(__file__).parent))


class CountedUser(ScriptedUser):
    """A user whose sound is counted."""

    seconds = 0.0

    async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        async for event in super().__aiter__():
            if isinstance(event, bytes):
                self.seconds += MICROPHONE.seconds_in(len(event))
            yield event


async def main(folder: Path) -> None:
    from talks import TONE, options

    chat = ScriptedChatModel([["A long story begins. ", Pause(0.3), "It goes on and on, for a while."]])
    user = CountedUser()
    async with (
        converse(
            chat=chat,
            synthesizer=ScriptedSynthesizer(chunk=TONE),
            settings=Settings(name="Polly"),
            observers=[Recorder(options(folder))],
            user=user,
        ),
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(report(user))
        while True:
            await user.says("tell me more of it", 0.5)
            await user.waits(0.7)


async def report(user: CountedUser) -> None:
    while True:
        await asyncio.sleep(0.02)
        print(user.conversation.clock.now(), user.seconds, len(user.events), flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
