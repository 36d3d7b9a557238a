"""How the engine listens when recognisers are slow, break, hang or find the ends of speech by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from voicebot import AudioFormat, Hints, ProviderError, Recognition, Settings, VoiceActivity
from voicebot.config.schema import TurnOptions
from voicebot.engine.hearing.recognition.session import RecognizerSetup
from voicebot.engine.hearing.recognition.stream import RecognitionStream
from voicebot.engine.speaking.playback.listening_tone import listening_tone
from voicebot.events import BotTurnEnded, ConversationEnded, ProviderFailed, UserFinal, UserTurnEnded
from voicebot.messages import FinalTranscript, PartialTranscript, RecognitionEvent, SpeechStarted
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedUser,
    ScriptedVoiceActivity,
    converse,
    simulated,
)
from voicebot.testing.scripted import SPEAKER

MICROPHONE = AudioFormat(16_000)
SETTINGS = Settings(on_error="Arr, me ears be wet.")
LOST = ProviderError("connection reset", retryable=True)
EventT = TypeVar("EventT")


def of_kind(user: ScriptedUser, kind: type[EventT]) -> list[EventT]:
    return [event for event in user.events if isinstance(event, kind)]


def turns_of(user: ScriptedUser) -> list[str]:
    return [turn.text for turn in of_kind(user, UserTurnEnded)]


@simulated
async def test_a_recogniser_that_closes_idle_sessions_is_reopened_for_ever_and_nobody_is_told() -> None:
    class Impatient(ScriptedRecognizer):
        @asynccontextmanager
        async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
            async with super().listen(hints) as session:
                asyncio.get_running_loop().call_later(60, self.sessions[-1].put, None)
                yield session

    recognizer = Impatient()
    async with converse(recognizer=recognizer, settings=SETTINGS) as user:
        await user.waits(620)
        await user.says("still there")
        await user.is_answered()
    assert len(recognizer.sessions) >= 10
    assert of_kind(user, ProviderFailed) == []
    assert turns_of(user) == ["still there"]


@simulated
async def test_a_break_while_a_final_is_owed_neither_loses_nor_doubles_words() -> None:
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
async def test_sound_after_a_commit_survives_the_final_of_what_was_before_it() -> None:
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
async def test_sound_keeps_its_order_while_it_is_told_again() -> None:
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
async def test_a_recogniser_that_takes_no_sound_does_not_make_the_bot_deaf_to_interruptions() -> None:
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


def ending(recognizer: ScriptedRecognizer) -> tuple[ScriptedUser, str]:
    """Talk until the conversation fails; return the user and the reason."""
    users = []

    @simulated
    async def talk() -> None:
        async with converse(recognizer=recognizer, settings=SETTINGS) as user:
            users.append(user)
            await user.says("hello there")
            await user.waits(0.5)
            recognizer.refusals = [ProviderError("the key is not accepted")] * 100
            if recognizer.sessions:
                recognizer.break_off(LOST)
            await user.waits(300)

    with pytest.raises(ExceptionGroup) as caught:
        talk()
    return users[0], str(caught.value.exceptions[0])


def test_when_nothing_can_be_understood_any_more_the_bot_says_its_safe_line_alone_and_ends() -> None:
    user, reason = ending(ScriptedRecognizer(final_delay=5))
    assert reason == "the key is not accepted"
    assert [turn.heard for turn in of_kind(user, BotTurnEnded)] == ["All right.", "Arr, me ears be wet."]
    assert turns_of(user) == ["hello there"]  # as far as it was told before
    assert of_kind(user, ConversationEnded)[0].failure == reason


@simulated
async def test_a_recogniser_that_has_worked_may_be_away_for_a_while_and_no_word_is_lost() -> None:
    recognizer = ScriptedRecognizer()
    async with converse(recognizer=recognizer, settings=SETTINGS) as user:
        await user.says("are you there", 0.3)
        await user.waits(0.1)
        recognizer.refusals = [ProviderError("the key is not accepted"), *[LOST] * 12]
        recognizer.break_off(LOST)
        await user.is_answered()  # by what was told before
        await user.waits(30)
        await user.says("and what is this")
        await user.is_answered()
    assert recognizer.refusals == []
    assert turns_of(user) == ["are you there", "and what is this"]
    assert len(of_kind(user, ProviderFailed)) == 2


def test_a_bot_that_can_understand_nothing_any_more_does_not_sound_as_if_it_listened() -> None:
    tones: list[float] = []

    class Attentive(ScriptedUser):
        async def write(self, audio: bytes) -> None:
            if audio == listening_tone(SPEAKER):
                tones.append(self.played)
            await super().write(audio)

    recognizer = ScriptedRecognizer()

    @simulated
    async def talk() -> None:
        settings = SETTINGS.model_copy(update={"listening_tone": True})
        async with converse(recognizer=recognizer, settings=settings, user=Attentive()) as user:
            await user.waits(1)
            recognizer.refusals = [ProviderError("the key is not accepted")] * 100
            recognizer.break_off(LOST)
            await user.waits(300)

    with pytest.raises(ExceptionGroup, match="unhandled"):
        talk()
    assert tones == [0.0]  # at the start


def test_a_recogniser_that_never_worked_is_given_up_at_once_when_trying_again_is_no_use() -> None:
    recognizer = ScriptedRecognizer()
    recognizer.refusals = [ProviderError("the key is not accepted")] * 2

    user, reason = ending(recognizer)

    assert reason == "the key is not accepted"
    assert of_kind(user, ConversationEnded)[0].at < 3


@simulated
async def test_the_end_of_the_sound_is_told_again_when_a_final_came_between() -> None:
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
            recognizer.tells(FinalTranscript("hello"))

    assert finals[0] == "hello"
    assert len(recognizer.sessions) == 2


def test_a_recogniser_that_does_not_begin_to_listen_is_given_up() -> None:
    class Hanging(ScriptedRecognizer):
        @asynccontextmanager
        async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
            await asyncio.get_running_loop().create_future()
            async with super().listen(hints) as session:
                yield session

    _, reason = ending(Hanging())
    assert reason == "the recogniser did not begin to listen within 30 s (`start_timeout`)"


class SelfEnding(ScriptedRecognizer):
    """Finds the ends of speech by itself, and cannot be told them."""

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        async with super().listen(hints) as session:

            async def nothing() -> None:
                pass

            session.commit = nothing  # type: ignore[method-assign]
            yield session

    def tells(self, *events: RecognitionEvent) -> None:
        for event in events:
            self.sessions[-1].put(event)


@simulated
async def test_one_final_for_two_stretches_of_speech_does_not_swallow_the_next_turn() -> None:
    recognizer = SelfEnding()
    async with converse(recognizer=recognizer, settings=SETTINGS) as user:
        await user.says("x", 0.5)
        await user.waits(0.5)
        await user.says("x", 0.5)
        recognizer.tells(FinalTranscript("turn on the lamp"))
        await user.is_answered()
        await user.says("x", 0.5)
        recognizer.tells(FinalTranscript("what time is it"))
        await user.is_answered()
    assert turns_of(user)[0].startswith("turn on the lamp")
    assert "what time is it" in turns_of(user)[1]


@simulated
async def test_without_a_detector_the_recognisers_word_counts_and_speech_may_go_on_after_a_final() -> None:
    recognizer = SelfEnding()
    async with converse(recognizer=recognizer, voice_activity=None, settings=SETTINGS) as user:
        await user.waits(0.1)
        recognizer.tells(SpeechStarted(), PartialTranscript("turn on"), FinalTranscript("turn on the"))
        await user.waits(0.5)
        recognizer.tells(PartialTranscript("living"))
        await user.waits(2)
        recognizer.tells(FinalTranscript("living room lamp"))
        turn = await user.is_answered()
        await user.waits(0.1)
    assert turns_of(user) == ["turn on the living room lamp"]
    assert turn.heard == "All right."


@simulated
async def test_without_a_detector_words_interrupt_the_bot() -> None:
    chat = ScriptedChatModel(
        ["A long story about a parrot that went to sea and never came back.", "Stopped."]
    )
    async with converse(
        recognizer=(recognizer := SelfEnding()), chat=chat, voice_activity=None, settings=SETTINGS
    ) as user:
        await user.waits(0.1)
        recognizer.tells(FinalTranscript("tell me a story"))
        await user.waits(2.5)
        assert user.hears_the_bot
        recognizer.tells(PartialTranscript("stop"))
        await user.waits(0.05)
        assert not user.hears_the_bot
        recognizer.tells(FinalTranscript("stop"))
        await user.is_answered()
        await user.is_answered()
    assert turns_of(user) == ["tell me a story", "stop"]


@simulated
async def test_a_detector_that_breaks_ends_the_conversation_and_its_words_stay_unsaid() -> None:
    class Broken(ScriptedVoiceActivity):
        def detect(self) -> VoiceActivity:
            class Activity(VoiceActivity):
                def probability(self, frame: bytes) -> float:
                    raise ValueError("wss://x?key=SECRET")

            return Activity()

    with pytest.raises(ExceptionGroup) as caught:
        async with converse(voice_activity=Broken(), settings=SETTINGS) as user:
            await user.waits(5)
    assert str(caught.value.exceptions[0]) == "the voice activity detector broke: ValueError (-v shows where)"
    assert "SECRET" not in str(user.events)


@simulated
async def test_a_device_that_breaks_with_an_error_of_its_own_ends_the_conversation_with_a_reason() -> None:
    class Broken(ScriptedUser):
        async def __aiter__(self) -> AsyncIterator[bytes]:  # type: ignore[override]
            await asyncio.sleep(1)
            raise OSError("token=SECRET")
            yield b""

    with pytest.raises(ExceptionGroup) as caught:
        async with converse(settings=SETTINGS, user=Broken()) as user:
            await user.waits(5)
    assert str(caught.value.exceptions[0]) == "the conversation broke: OSError (-v shows where)"
    assert "SECRET" not in str(user.events)


@simulated
async def test_a_final_that_triggers_the_answer_is_told_with_its_words() -> None:
    settings = SETTINGS.model_copy(update={"turns": TurnOptions(patience=0)})
    async with converse(settings=settings) as user:
        await user.says("hello there")
        await user.is_answered()
    assert [final.text for final in of_kind(user, UserFinal)] == ["hello there"]
