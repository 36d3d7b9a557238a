"""Recognisers that hang, leak or break at a bad moment: nobody is left waiting, and no word is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from voicebot import (
    DeviceError,
    FinalTranscript,
    Hints,
    PartialTranscript,
    ProviderError,
    Recognition,
    Settings,
    SpeechStarted,
    SpeechStopped,
    TypedLine,
)
from voicebot.engine.conversation import Conversation
from voicebot.events import (
    BotTurnEnded,
    ConversationEnded,
    ProviderFailed,
    ProviderNoticed,
    UserTurnEnded,
)
from voicebot.messages import DeviceEvent, RecognitionEvent
from voicebot.testing import ScriptedRecognizer, ScriptedUser, converse, simulated
from voicebot.testing.scripted import ScriptedRecognition

LOST = ProviderError("connection reset", retryable=True)
EventT = TypeVar("EventT")


def of(user: ScriptedUser, kind: type[EventT]) -> list[EventT]:
    return [event for event in user.events if isinstance(event, kind)]


def asked_of(user: ScriptedUser) -> list[str]:
    """Return what the user has said, as history has it in the end."""
    return [message.content for message in user.conversation.history.messages if message.role == "user"]


def turns_of(user: ScriptedUser) -> list[str]:
    return [turn.text for turn in of(user, UserTurnEnded)]


class Faulty(ScriptedRecognizer):
    """Its sessions do what is set here, as long as it is set."""

    def __init__(self) -> None:
        super().__init__()
        self.write: Callable[[], object] | None = None
        self.commit: Callable[[], object] | None = None
        self.tell: Callable[[], object] | None = None
        self.open: Callable[[], object] | None = None
        self.close: Callable[[], object] | None = None

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        if self.open:
            await _happens(self.open)
        session = _FaultySession(self, hints)
        self.sessions.append(session)
        try:
            yield session
        finally:
            if self.close:
                await _happens(self.close)


class _FaultySession(ScriptedRecognition):
    def __init__(self, recognizer: Faulty, hints: Hints) -> None:
        super().__init__(recognizer, hints)
        self._faulty = recognizer

    async def write(self, audio: bytes) -> None:
        if self._faulty.write:
            await _happens(self._faulty.write)
        await super().write(audio)

    async def commit(self) -> None:
        if self._faulty.commit:
            await _happens(self._faulty.commit)
        await super().commit()

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        async for event in super().__aiter__():
            if self._faulty.tell:
                await _happens(self._faulty.tell)
            yield event


async def _happens(fault: Callable[[], object]) -> None:
    error = fault()
    if isinstance(error, BaseException):
        raise error
    await asyncio.get_running_loop().create_future()


def hangs() -> None:
    """Wait for ever."""


def leaks() -> BaseException:
    return asyncio.CancelledError()


@pytest.mark.parametrize("fault", [hangs, leaks])
@pytest.mark.parametrize("place", ["write", "commit", "tell"])
@simulated
async def test_a_session_that_hangs_or_leaks_a_cancellation_is_replaced_and_no_word_is_lost(
    place: str, fault: Callable[[], object]
) -> None:
    if (place, fault) == ("tell", hangs):
        pytest.skip("nothing is promised of when words come")
    recognizer = Faulty()
    async with converse(recognizer=recognizer) as user:
        await user.waits(1)
        setattr(recognizer, place, fault)
        await user.says("hello there")
        await user.waits(1)
        setattr(recognizer, place, None)
        await user.waits(20)
    assert turns_of(user) == ["hello there"]
    assert {event.kind for event in of(user, ProviderFailed)} == {"recognizer"}
    assert of(user, ProviderNoticed)[-1].message == "the recogniser works again"


@pytest.mark.parametrize("fault", [hangs, leaks])
@simulated
async def test_so_is_one_that_cannot_be_opened(fault: Callable[[], object]) -> None:
    recognizer = Faulty()
    async with converse(recognizer=recognizer, settings=Settings(start_timeout=5)) as user:
        await user.waits(1)
        recognizer.open = fault
        await user.says("hello there")
        recognizer.break_off(LOST)
        await user.waits(1)
        recognizer.open = None
        await user.waits(20)
    assert turns_of(user) == ["hello there"]
    assert len(recognizer.sessions) == 2


@pytest.mark.parametrize("fault", [hangs, leaks])
@simulated
async def test_so_is_one_that_cannot_be_closed(fault: Callable[[], object]) -> None:
    recognizer = Faulty()
    recognizer.close = fault
    async with converse(recognizer=recognizer) as user:
        await user.says("hello there", 0.6)
        recognizer.break_off(LOST)
        await user.waits(20)
    assert asked_of(user) == ["hello there"]
    assert len(recognizer.sessions) == 2


def test_one_that_hangs_for_good_is_told_and_followed_by_the_safe_line() -> None:
    recognizer = Faulty()
    recognizer.write = hangs
    users: list[ScriptedUser] = []

    @simulated
    async def talk() -> None:
        async with converse(recognizer=recognizer, settings=Settings(on_error="Arr.")) as user:
            users.append(user)
            await user.says("hello there")
            await user.waits(200)

    with pytest.raises(ExceptionGroup):
        talk()
    [user] = users
    reason = "the recogniser did not take sound within 10 s (`recognizer_timeout`)"
    assert of(user, ProviderFailed)[0].message == reason
    assert of(user, BotTurnEnded)[-1].heard == "Arr."
    assert of(user, ConversationEnded)[-1].failure == reason


@simulated
async def test_an_outage_before_the_first_word_is_waited_for_like_any_other() -> None:
    recognizer = ScriptedRecognizer()
    recognizer.refusals = [LOST] * 20
    async with converse(recognizer=recognizer) as user:
        await user.waits(45)
        await user.says("hello there")
        await user.is_answered()
    assert turns_of(user) == ["hello there"]
    assert [event.message for event in of(user, ProviderFailed)] == ["connection reset"]
    assert [event.message for event in of(user, ProviderNoticed)] == ["the recogniser works again"]


@pytest.mark.parametrize("late", [0.0, 0.1])
@pytest.mark.parametrize("slowly", [False, True])
@pytest.mark.parametrize("by", ["cancelling", "hanging up", "a broken device"])
def test_a_conversation_ends_though_its_recogniser_breaks_at_the_same_time(
    by: str, slowly: bool, late: float
) -> None:
    class Breaking(ScriptedUser):
        broken = False

        async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
            async for event in super().__aiter__():
                if self.broken:
                    raise DeviceError("the card broke")
                yield event

    @simulated
    async def talk() -> None:
        recognizer = Faulty()
        async with converse(recognizer=recognizer) as idle:
            user = Breaking()
            conversation = Conversation(idle.conversation._bot, user)
            talking = asyncio.create_task(conversation.run())
            await asyncio.sleep(1)
            if slowly:
                session = recognizer.sessions[-1]

                async def write(audio: bytes) -> None:
                    try:
                        await asyncio.sleep(1000)
                    finally:
                        await asyncio.sleep(0.2)

                session.write = write  # type: ignore[method-assign]
                user._frames.extend(user.frames("hello", 0.1))
                await asyncio.sleep(0.2)
            recognizer.break_off(LOST)
            if by == "a broken device":
                user.broken = True
                await asyncio.sleep(late)
            else:
                await asyncio.sleep(late)
                talking.cancel() if by == "cancelling" else user.hangs_up()
            ended, _ = await asyncio.wait([talking], timeout=100)
            assert ended
            await asyncio.wait([talking])
            if by == "cancelling":
                assert talking.cancelled()
            elif by == "a broken device":
                assert isinstance(talking.exception(), DeviceError)

    talk()


class Reporting(ScriptedRecognizer):
    """Reports speech, and tells its words when asked; what it is told to say comes in between."""

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

    def tells(self, *events: RecognitionEvent) -> None:
        for event in events:
            self.sessions[-1].put(event)


@pytest.mark.parametrize("gap", [0.2, 0.5])
@simulated
async def test_without_a_detector_each_end_of_speech_is_asked_for(gap: float) -> None:
    recognizer = Reporting(["I would like", "two tickets please"])
    async with converse(recognizer=recognizer, voice_activity=None) as user:
        for _ in range(2):
            await user.waits(gap)
            recognizer.tells(SpeechStarted())
            await user.waits(0.8)
            recognizer.tells(SpeechStopped())
        await user.waits(10)
    assert turns_of(user) == ["I would like two tickets please"]


@simulated
async def test_without_a_detector_a_session_that_breaks_does_not_leave_the_user_speaking() -> None:
    recognizer = Reporting([])
    settings = Settings.model_validate({"idle": {"after": 5, "prompts": ["Hello?"], "most": 1}})
    async with converse(recognizer=recognizer, voice_activity=None, settings=settings) as user:
        await user.waits(1)
        recognizer.tells(SpeechStarted())
        await user.waits(0.3)
        recognizer.break_off(LOST)
        await user.waits(30)
    assert [turn.heard for turn in of(user, BotTurnEnded)] == ["Hello?"]


@simulated
async def test_the_silence_in_which_recognition_is_away_is_not_the_users() -> None:
    recognizer = ScriptedRecognizer()
    settings = Settings.model_validate(
        {"idle": {"after": 3, "prompts": ["Hello?"]}, "goodbye": {"after": 12}}
    )
    async with converse(recognizer=recognizer, voice_activity=None, settings=settings) as user:
        await user.waits(1)
        recognizer.refusals = [LOST] * 10
        recognizer.break_off(LOST)
        await user.waits(10)
        await user.says("are you there", 0.8)
        await user.waits(10)
    assert turns_of(user) == ["are you there"]
    assert next(turn.heard for turn in of(user, BotTurnEnded)) == "All right."


@simulated
async def test_silence_is_counted_anew_when_recognition_is_back() -> None:
    recognizer = ScriptedRecognizer()
    settings = Settings.model_validate({"goodbye": {"after": 12, "line": ""}})
    async with converse(recognizer=recognizer, settings=settings) as user:
        await user.waits(1)
        recognizer.refusals = [LOST] * 10
        recognizer.break_off(LOST)
        await user.waits(60)
    back = of(user, ProviderNoticed)[0].at
    assert back > 12
    assert of(user, ConversationEnded)[0].at == pytest.approx(back + 12)


@simulated
async def test_an_empty_final_that_nobody_asked_for_settles_no_words_that_were_told() -> None:
    recognizer = ScriptedRecognizer()
    async with converse(recognizer=recognizer) as user:
        await user.waits(0.1)
        await user.says("book me a table", 0.8)
        recognizer.sessions[0].put(FinalTranscript(""))
        await user.waits(0.1)
        recognizer.break_off(LOST)
        await user.waits(10)
    assert turns_of(user) == ["book me a table"]


@simulated
async def test_without_a_detector_what_was_said_since_a_final_is_told_again_after_a_break() -> None:
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
async def test_without_a_detector_the_last_words_are_answered_when_the_user_hangs_up(
    report_after: float,
) -> None:
    recognizer = Reporting(["goodbye then"])
    async with converse(recognizer=recognizer, voice_activity=None) as user:
        await user.waits(1)
        recognizer.sessions[-1].put(SpeechStarted(), after=report_after)
        user.hangs_up()
        await user.waits(20)
    assert turns_of(user) == ["goodbye then"]


@pytest.mark.parametrize("nothing", [".", "?", "  ", "…", "👍", "。"])
@pytest.mark.parametrize("voice_activity", [True, False])
@simulated
async def test_a_transcript_without_a_word_is_no_turn(nothing: str, voice_activity: bool) -> None:
    recognizer = ScriptedRecognizer(mishears=lambda words: nothing)
    detector = {} if voice_activity else {"voice_activity": None}
    async with converse(recognizer=recognizer, **detector) as user:  # type: ignore[arg-type]
        await user.waits(0.5)
        recognizer.sessions[-1].put(PartialTranscript(nothing))
        recognizer.sessions[-1].put(FinalTranscript(nothing))
        await user.says("", 0.5)
        await user.waits(5)
        user.sends(TypedLine(" "))
        await user.waits(1)
    assert turns_of(user) == []


@simulated
async def test_words_that_a_recogniser_tells_after_its_answer_to_the_end_of_a_recording_are_answered() -> (
    None
):
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
