"""Conversations with a recording, which comes faster than real time and waits for the bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from voicebot import AudioDevice, AudioFormat, AudioStream, DeviceEvent, Options
from voicebot.engine.bot import Bot
from voicebot.engine.conversation import Conversation
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedVoiceActivity,
    VirtualClockLoop,
)
from voicebot.testing.scripted import MICROPHONE, SILENT_FRAME, SPEAKER, speech_frames


class Recording(AudioStream):
    """Sound that is there already, and a speaker to nowhere."""

    microphone: AudioFormat | None = MICROPHONE
    speaker: AudioFormat | None = SPEAKER
    live = False

    def __init__(self, frames: list[bytes]) -> None:
        self._frames = frames

    async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        for frame in self._frames:
            await asyncio.sleep(0)
            yield frame

    async def write(self, audio: bytes) -> None:
        await asyncio.sleep(0)


class Player(AudioDevice[Options]):
    @asynccontextmanager
    async def open(self) -> AsyncIterator[AudioStream]:
        yield Recording([])


def messages(frames: list[bytes], **scripted: float) -> list[tuple[str, str]]:
    """Return what was said in a conversation with a recording."""

    async def talk() -> list[tuple[str, str]]:
        bot = Bot(
            recognizer=ScriptedRecognizer(**scripted),
            chat=ScriptedChatModel(["One.", "Two.", "Three."]),
            synthesizer=ScriptedSynthesizer(),
            device=Player(Options()),
            voice_activity=ScriptedVoiceActivity(),
        )
        async with bot:
            conversation = Conversation(bot, Recording(frames))
            await conversation.run()
        return [(message.role, message.content) for message in conversation.history.messages]

    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        return runner.run(talk())


def silence(seconds: float) -> list[bytes]:
    return [SILENT_FRAME] * round(seconds * 50)


@pytest.mark.parametrize("after", [0.0, 3.0])
def test_a_recording_waits_for_a_recogniser_that_is_slow_on_a_busy_machine(after: float) -> None:
    question = speech_frames("what is the weather like", 1.0)

    heard = messages([*silence(0.2), *question, *silence(after)], final_delay=30.0)

    assert heard == [("user", "what is the weather like"), ("assistant", "One.")]


def test_everything_said_in_a_recording_is_answered_in_order_and_nothing_interrupts() -> None:
    frames = [*speech_frames("first", 0.5), *silence(1.2), *speech_frames("second", 0.5), *silence(1.2)]

    heard = messages(frames)

    assert heard == [("user", "first"), ("assistant", "One."), ("user", "second"), ("assistant", "Two.")]


def test_a_pause_in_a_recording_is_as_long_as_it_was_recorded() -> None:
    frames = [*speech_frames("turn on the", 0.5), *silence(0.6), *speech_frames("lamp", 0.5), *silence(2)]

    heard = messages(frames, final_delay=0.3)

    assert heard == [("user", "turn on the lamp"), ("assistant", "One.")]
