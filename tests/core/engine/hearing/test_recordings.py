"""Conversations with a recording, which comes faster than real time and waits for the bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from voicebot import (
    AudioDevice,
    AudioFormat,
    AudioStream,
    DeviceError,
    DeviceEvent,
    Hints,
    Options,
    ProviderError,
    Recognition,
)
from voicebot.config.schema import Settings, TurnOptions
from voicebot.engine.bot import Bot
from voicebot.engine.conversation import Conversation
from voicebot.events import (
    BotTurnEnded,
    ConversationEnded,
    ConversationEvent,
    ProviderFailed,
    UserTurnEnded,
)
from voicebot.messages import FinalTranscript
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedVoiceActivity,
    VirtualClockLoop,
)
from voicebot.testing.scripted import MICROPHONE, SILENT_FRAME, SPEAKER, speech_frames


class Recording(AudioStream):
    """Sound that is all there already, and a speaker that plays nothing."""

    speaker: AudioFormat | None = SPEAKER
    live = False

    def __init__(self, frames: list[bytes], room: float = float("inf"), rate: int = MICROPHONE.rate) -> None:
        self.microphone = AudioFormat(rate)
        self._frames = frames
        self._room = room

    async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        for frame in self._frames:
            await asyncio.sleep(0)
            yield frame

    async def write(self, audio: bytes) -> None:
        await asyncio.sleep(0)
        self._room -= len(audio)
        if self._room < 0:
            raise DeviceError("the disk is full")


class Player(AudioDevice[Options]):
    @asynccontextmanager
    async def open(self) -> AsyncIterator[AudioStream]:
        yield Recording([])


def converse(
    frames: list[bytes], *, room: float = float("inf"), **scripted: Any
) -> tuple[list[ConversationEvent], str]:
    """Return the events of a conversation with a recording, and why it broke off, if it did."""

    async def talk() -> tuple[list[ConversationEvent], str]:
        bot = Bot(
            recognizer=ScriptedRecognizer(**scripted),
            chat=ScriptedChatModel(["One.", "Two.", "Three."]),
            synthesizer=ScriptedSynthesizer(),
            device=Player(Options()),
            voice_activity=ScriptedVoiceActivity(),
        )
        failure = ""
        async with bot:
            conversation = Conversation(bot, Recording(frames, room))
            events = conversation.events()
            try:
                await conversation.run()
            except ProviderError as error:
                failure = str(error)
        return [event async for event in events], failure

    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        return runner.run(talk())


def dialogue(events: list[ConversationEvent]) -> list[tuple[str, str]]:
    return [
        ("user", event.text) if isinstance(event, UserTurnEnded) else ("bot", event.heard)
        for event in events
        if isinstance(event, UserTurnEnded | BotTurnEnded)
    ]


def silence(seconds: float) -> list[bytes]:
    return [SILENT_FRAME] * round(seconds * 50)


@pytest.mark.parametrize("after", [0.0, 3.0])
def test_a_recording_waits_for_a_recogniser_that_is_slow_on_a_busy_machine(after: float) -> None:
    question = speech_frames("what is the weather like", 1.0)

    events, _ = converse([*silence(0.2), *question, *silence(after)], final_delay=30.0)

    assert dialogue(events) == [("user", "what is the weather like"), ("bot", "One.")]


def test_a_recording_waits_a_minute_for_its_words_and_then_what_was_recognised_is_answered() -> None:
    frames = [*speech_frames("what is the weather like", 1.0), *silence(3)]

    events, _ = converse(frames, final_delay=600.0, mishears=lambda text: "something else")

    assert dialogue(events) == [("user", "what is the weather like"), ("bot", "One.")]


def test_everything_said_in_a_recording_is_answered_in_order_and_nothing_interrupts() -> None:
    frames = [*speech_frames("first", 0.5), *silence(1.2), *speech_frames("second", 0.5), *silence(1.2)]

    events, _ = converse(frames)

    assert dialogue(events) == [("user", "first"), ("bot", "One."), ("user", "second"), ("bot", "Two.")]


def test_a_speaker_that_breaks_ends_the_conversation_with_its_reason() -> None:
    frames = [*speech_frames("first", 0.5), *silence(1.2), *speech_frames("second", 0.5), *silence(1.2)]

    events, failure = converse(frames, room=1_000)

    assert failure == "the disk is full"
    assert dialogue(events)[0] == ("user", "first")
    assert ("user", "second") not in dialogue(events)
    assert events[-1] == ConversationEnded(events[-1].at, "the disk is full", by="failure")
    assert not any(isinstance(event, ProviderFailed) for event in events)  # it is reported once


@pytest.mark.parametrize("final_delay", [0.1, 0.3, 3.0])
def test_a_pause_in_a_recording_is_as_long_as_it_was_recorded(final_delay: float) -> None:
    frames = [*speech_frames("turn on the", 0.5), *silence(0.5), *speech_frames("lamp", 0.5), *silence(2)]

    events, _ = converse(frames, final_delay=final_delay)

    assert [words for who, words in dialogue(events) if who == "user"] == ["turn on the lamp"]


def test_all_sound_of_a_microphone_with_another_rate_arrives_and_no_empty_chunk() -> None:
    sizes: list[int] = []

    class Listening(ScriptedRecognizer):
        @asynccontextmanager
        async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
            async with super().listen(hints) as session:

                async def count(audio: bytes) -> None:
                    sizes.append(len(audio))

                session.write = count  # type: ignore[method-assign]
                yield session

    async def talk() -> None:
        bot = Bot(
            recognizer=Listening(),
            chat=ScriptedChatModel(),
            synthesizer=ScriptedSynthesizer(),
            device=Player(Options()),
        )
        async with bot:
            await Conversation(bot, Recording([bytes(1_920)] * 100, rate=48_000)).run()

    asyncio.run(talk())
    assert 0 not in sizes
    assert sum(sizes) == MICROPHONE.bytes_in(2.0)


def test_words_of_a_recording_recognised_during_a_reply_wait_for_its_next_sound() -> None:
    class WithoutCommits(ScriptedRecognizer):
        @asynccontextmanager
        async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
            async with super().listen(hints) as session:

                async def nothing() -> None:
                    pass

                session.commit = nothing  # type: ignore[method-assign]
                yield session

    recognizer = WithoutCommits()

    class SlowRecording(Recording):
        async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
            [session] = recognizer.sessions
            session.put(FinalTranscript("first"))
            await asyncio.sleep(0.01)
            session.put(FinalTranscript("turn on"), after=0.1)  # while that is answered
            for frame in silence(1):
                yield frame
            await asyncio.sleep(5)  # a busy machine: not a frame of the recording has passed
            session.put(FinalTranscript("the lamp"))
            await asyncio.sleep(0.01)
            for frame in silence(1):
                yield frame

    async def talk() -> list[ConversationEvent]:
        bot = Bot(
            recognizer=recognizer,
            chat=ScriptedChatModel(["One.", "Two."]),
            synthesizer=ScriptedSynthesizer(),
            device=Player(Options()),
            settings=Settings(turns=TurnOptions(interruptible=False)),
        )
        async with bot:
            conversation = Conversation(bot, SlowRecording([]))
            events = conversation.events()
            await conversation.run()
        return [event async for event in events]

    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        events = runner.run(talk())
    assert dialogue(events) == [
        ("user", "first"),
        ("bot", "One."),
        ("user", "turn on the lamp"),
        ("bot", "Two."),
    ]
