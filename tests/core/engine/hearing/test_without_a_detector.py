"""Conversations without a voice activity detector: the recogniser reports speech, or only words."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from voicebot import (
    FinalTranscript,
    Hints,
    PartialTranscript,
    ProviderError,
    Recognition,
    Settings,
    SpeechStarted,
    SpeechStopped,
)
from voicebot.events import (
    BotTurnEnded,
    UserTurnEnded,
)
from voicebot.messages import RecognitionEvent
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedUser,
    converse,
    simulated,
)

LOST = ProviderError("connection reset", retryable=True)
SETTINGS = Settings(on_error="Arr, me ears be wet.")
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


class Reporting(ScriptedRecognizer):
    """Answers each commit with some words; a test reports other events in between."""

    def __init__(self, words: list[str]) -> None:
        super().__init__()
        self._words = words

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        async with super().listen(hints) as session:

            async def commit() -> None:
                final = FinalTranscript(self._words.pop(0) if self._words else "")
                self.sessions[-1].put(final, after=0.3)

            session.commit = commit  # type: ignore[method-assign]
            yield session

    def reports(self, *events: RecognitionEvent) -> None:
        for event in events:
            self.sessions[-1].put(event)


@simulated
async def test_the_recogniser_reports_speech_which_may_go_on_after_a_final() -> None:
    recognizer = SelfEnding()
    async with converse(recognizer=recognizer, voice_activity=None, settings=SETTINGS) as user:
        await user.waits(0.1)
        recognizer.reports(SpeechStarted(), PartialTranscript("turn on"), FinalTranscript("turn on the"))
        await user.waits(0.5)
        recognizer.reports(PartialTranscript("living"))
        await user.waits(2)
        recognizer.reports(FinalTranscript("living room lamp"))
        turn = await user.is_answered()
        await user.waits(0.1)
    assert turns_of(user) == ["turn on the living room lamp"]
    assert turn.heard == "All right."


@simulated
async def test_words_interrupt_the_bot() -> None:
    chat = ScriptedChatModel(
        ["A long story about a parrot that went to sea and never came back.", "Stopped."]
    )
    async with converse(
        recognizer=(recognizer := SelfEnding()), chat=chat, voice_activity=None, settings=SETTINGS
    ) as user:
        await user.waits(0.1)
        recognizer.reports(FinalTranscript("tell me a story"))
        await user.waits(2.5)
        assert user.hears_the_bot
        recognizer.reports(PartialTranscript("stop"))
        await user.waits(0.05)
        assert not user.hears_the_bot
        recognizer.reports(FinalTranscript("stop"))
        await user.is_answered()
        await user.is_answered()
    assert turns_of(user) == ["tell me a story", "stop"]


@pytest.mark.parametrize("gap", [0.2, 0.5])
@simulated
async def test_each_end_of_speech_is_committed(gap: float) -> None:
    recognizer = Reporting(["I would like", "two tickets please"])
    async with converse(recognizer=recognizer, voice_activity=None) as user:
        for _ in range(2):
            await user.waits(gap)
            recognizer.reports(SpeechStarted())
            await user.waits(0.8)
            recognizer.reports(SpeechStopped())
        await user.waits(10)
    assert turns_of(user) == ["I would like two tickets please"]


@simulated
async def test_a_session_that_breaks_does_not_leave_the_user_speaking() -> None:
    recognizer = Reporting([])
    settings = Settings.model_validate({"idle": {"after": 5, "prompts": ["Hello?"], "most": 1}})
    async with converse(recognizer=recognizer, voice_activity=None, settings=settings) as user:
        await user.waits(1)
        recognizer.reports(SpeechStarted())
        await user.waits(0.3)
        recognizer.break_off(LOST)
        await user.waits(30)
    assert [turn.heard for turn in of_kind(user, BotTurnEnded)] == ["Hello?"]


@simulated
async def test_speech_since_the_last_final_is_recognised_again_after_a_failure() -> None:
    recognizer = ScriptedRecognizer()
    async with converse(recognizer=recognizer, voice_activity=None) as user:
        await user.waits(0.1)
        await user.says("book me a table", 0.8)
        await user.waits(0.3)
        session = recognizer.sessions[0]
        await user.says("for seven people", 0.6)
        session._words = session._words[4:]
        session.put(FinalTranscript("book me a table"))
        await user.waits(0.1)
        recognizer.break_off(LOST)
        await user.waits(20)
    assert turns_of(user) == ["book me a table for seven people"]


@pytest.mark.parametrize("report_after", [0.0, 0.5])
@simulated
async def test_the_last_words_are_answered_when_the_user_hangs_up(
    report_after: float,
) -> None:
    recognizer = Reporting(["goodbye then"])
    async with converse(recognizer=recognizer, voice_activity=None) as user:
        await user.waits(1)
        recognizer.sessions[-1].put(SpeechStarted(), after=report_after)
        user.hangs_up()
        await user.waits(20)
    assert turns_of(user) == ["goodbye then"]


@simulated
async def test_words_recognised_after_the_end_of_a_recording_are_answered() -> None:
    class Recorded(ScriptedUser):
        live = False

    recognizer = Reporting(["what is the weather"])
    async with converse(recognizer=recognizer, voice_activity=None, user=Recorded()) as user:
        await user.waits(1)
        recognizer.sessions[-1].finish = lambda: _later(recognizer)  # type: ignore[method-assign]
        user.hangs_up()
        await user.waits(100)
    assert turns_of(user) == ["what is the weather", "and in Rome"]


async def _later(recognizer: Reporting) -> None:
    recognizer.sessions[-1].put(FinalTranscript("and in Rome"), after=20)
    recognizer.sessions[-1].put(None, after=20)
