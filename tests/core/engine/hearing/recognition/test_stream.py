"""Sound and finals of a recogniser that is slow or breaks: nothing is lost, doubled or out of order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TypeVar

from voicebot import (
    AudioFormat,
    FinalTranscript,
    Hints,
    ProviderError,
    Recognition,
    Settings,
)
from voicebot.config.schema import TurnOptions
from voicebot.engine.hearing.recognition.session import RecognizerSetup
from voicebot.engine.hearing.recognition.stream import RecognitionStream
from voicebot.events import (
    UserTurnEnded,
)
from voicebot.messages import RecognitionEvent
from voicebot.testing import (
    ScriptedRecognizer,
    ScriptedUser,
    converse,
    simulated,
)

LOST = ProviderError("connection reset", retryable=True)
SETTINGS = Settings(on_error="Arr, me ears be wet.")
MICROPHONE = AudioFormat(16_000)
EventT = TypeVar("EventT")


def of_kind(user: ScriptedUser, kind: type[EventT]) -> list[EventT]:
    return [event for event in user.events if isinstance(event, kind)]


def turns_of(user: ScriptedUser) -> list[str]:
    return [turn.text for turn in of_kind(user, UserTurnEnded)]


class SelfEnding(ScriptedRecognizer):
    """Finds the ends of speech by itself, and ignores commits."""

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        async with super().listen(hints) as session:

            async def nothing() -> None:
                pass

            session.commit = nothing  # type: ignore[method-assign]
            yield session

    def reports(self, *events: RecognitionEvent) -> None:
        for event in events:
            self.sessions[-1].put(event)


@simulated
async def test_a_break_while_a_final_is_awaited_neither_loses_nor_doubles_words() -> None:
    recognizer = ScriptedRecognizer(final_delay=1.5)
    async with converse(recognizer=recognizer, settings=SETTINGS) as user:
        await user.says("hello there")
        await user.waits(1.2)
        recognizer.break_off(LOST)
        await user.is_answered()
        await user.waits(3)
        await user.says("second question")
        await user.is_answered()
    assert turns_of(user) == ["hello there", "second question"]


@simulated
async def test_sound_after_a_commit_is_kept_when_the_final_before_it_comes() -> None:
    recognizer = ScriptedRecognizer(final_delay=0.1)
    async with converse(recognizer=recognizer, settings=SETTINGS) as user:
        await user.says("turn on the")
        await user.waits(0.28)  # the commit is on its way
        await user.says("big red lamp", 0.3)
        recognizer.break_off(LOST)
        await user.says("now", 0.3)
        await user.is_answered()
    assert turns_of(user) == ["turn on the big red lamp now"]


@simulated
async def test_sound_keeps_its_order_while_it_is_sent_again() -> None:
    class Slow(ScriptedRecognizer):
        @asynccontextmanager
        async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
            async with super().listen(hints) as session:
                write = session.write

                async def slow_write(audio: bytes) -> None:
                    await asyncio.sleep(0.03)
                    await write(audio)

                session.write = slow_write  # type: ignore[method-assign]
                yield session

    recognizer = Slow()
    settings = SETTINGS.model_copy(update={"turns": TurnOptions(final_timeout=30)})
    async with converse(recognizer=recognizer, settings=settings) as user:
        await user.says("one two three four five six seven eight")
        recognizer.break_off(LOST)
        await user.says("nine ten eleven twelve thirteen fourteen")
        await user.is_answered()
    spoken = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    assert turns_of(user) == [spoken]


@simulated
async def test_the_bot_can_be_interrupted_while_the_recogniser_accepts_no_sound() -> None:
    class Stuck(ScriptedRecognizer):
        @asynccontextmanager
        async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
            async with super().listen(hints) as session:

                async def never(audio: bytes) -> None:
                    await asyncio.get_running_loop().create_future()

                session.write = never  # type: ignore[method-assign]
                yield session

    settings = SETTINGS.model_copy(update={"greeting": "One two three four five six seven eight nine ten."})
    async with converse(recognizer=Stuck(), settings=settings) as user:
        await user.waits(1)
        await user.says("stop it please", 0.8)
        assert not user.hears_the_bot


@simulated
async def test_the_end_of_the_sound_is_sent_again_when_a_session_broke_after_a_final() -> None:
    recognizer = SelfEnding()
    setup = RecognizerSetup(recognizer, Hints(), start_timeout=5, timeout=5)
    stream = RecognitionStream(setup, MICROPHONE, pre_roll=0.0, live=True)
    finals: list[str] = []

    class Consumer:
        unanswered_commits = 0

        def recognized(
            self, event: RecognitionEvent, *, answers_commit: bool = False, passed_commits: int = 0
        ) -> None:
            if isinstance(event, FinalTranscript):
                finals.append(event.text)
                if len(finals) == 1:
                    recognizer.break_off(LOST)

        def recognition_opened(self, *, again: bool) -> None: ...
        def recognition_lost(self, error: ProviderError) -> None: ...
        def recognition_restored(self) -> None: ...

    async with asyncio.timeout(30):
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(stream.run(Consumer()))
            await asyncio.sleep(0.1)
            stream.finish()
            recognizer.reports(FinalTranscript("hello"))

    assert finals[0] == "hello"
    assert len(recognizer.sessions) == 2


@simulated
async def test_one_final_for_two_segments_of_speech_does_not_swallow_the_next_turn() -> None:
    recognizer = SelfEnding()
    async with converse(recognizer=recognizer, settings=SETTINGS) as user:
        await user.says("x", 0.5)
        await user.waits(0.5)
        await user.says("x", 0.5)
        recognizer.reports(FinalTranscript("turn on the lamp"))
        await user.is_answered()
        await user.says("x", 0.5)
        recognizer.reports(FinalTranscript("what time is it"))
        await user.is_answered()
    assert turns_of(user)[0].startswith("turn on the lamp")
    assert "what time is it" in turns_of(user)[1]


@simulated
async def test_an_empty_final_that_answers_no_commit_settles_no_recognised_words() -> None:
    recognizer = ScriptedRecognizer()
    async with converse(recognizer=recognizer) as user:
        await user.waits(0.1)
        await user.says("book me a table", 0.8)
        recognizer.sessions[0].put(FinalTranscript(""))
        await user.waits(0.1)
        recognizer.break_off(LOST)
        await user.waits(10)
    assert turns_of(user) == ["book me a table"]
