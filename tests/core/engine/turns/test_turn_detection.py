"""The requests to a turn detector, and the effect of its answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from math import inf, nan
from typing import Any

import numpy
import pytest

from voicebot import AudioFormat, ReplyEnded, Settings, TextDelta, TurnDetector, TurnSoFar
from voicebot.config.schema import PatienceOptions, TurnOptions
from voicebot.events import BotTurnEnded, ProviderFailed, ProviderNoticed, TurnTimed
from voicebot.messages import ChatEvent, ChatRequest, PartialTranscript
from voicebot.options import Options
from voicebot.testing import ScriptedChatModel, ScriptedRecognizer, ScriptedUser, converse, simulated

FORMAT = AudioFormat(16_000)
SETTINGS = Settings(
    turns=TurnOptions(patience=PatienceOptions(earliest=0.3, latest=1.2), prepare="off"),
)


class Listener(TurnDetector[Options]):
    """Records what it is asked."""

    input_format = FORMAT
    audio_seconds = 8.0

    def __init__(self) -> None:
        super().__init__(Options())
        self.turns: list[TurnSoFar] = []

    async def wait(self, turn: TurnSoFar) -> float:
        self.turns.append(turn)
        return 1.2

    def words(self, index: int) -> str:
        """Return the words in the sound of a question."""
        audio = self.turns[index].audio
        frames = (audio[start : start + 640] for start in range(0, len(audio), 640))
        return " ".join(said for frame in frames if (said := frame[1:].rstrip(b"\0").decode()))

    def seconds(self, index: int) -> float:
        return FORMAT.seconds_in(len(self.turns[index].audio))


def talk(
    listener: Listener,
    script: Callable[[ScriptedUser], Awaitable[None]],
    recognizer: ScriptedRecognizer | None = None,
) -> None:
    @simulated
    async def conversation() -> None:
        chat, recognises = ScriptedChatModel(["Well."] * 3), recognizer or ScriptedRecognizer()
        async with converse(
            turn_detector=listener, chat=chat, recognizer=recognises, settings=SETTINGS
        ) as user:
            await script(user)

    conversation()


def test_the_sound_begins_shortly_before_the_turn_and_ends_when_the_pause_is_noticed() -> None:
    listener = Listener()

    async def script(user: ScriptedUser) -> None:
        await user.waits(4.0)
        await user.says("what is the weather", 1.0)
        await user.is_answered()

    talk(listener, script)
    assert listener.words(0) == "what is the weather"
    assert listener.seconds(0) == pytest.approx(0.5 + 1.0 + 0.25, abs=0.1)


def test_words_that_come_late_are_asked_about_with_the_same_sound() -> None:
    listener = Listener()

    async def script(user: ScriptedUser) -> None:
        await user.says("call mum", 1.0)
        await user.is_answered()

    talk(listener, script, ScriptedRecognizer(final_delay=0.5, mishears=lambda text: f"please {text}"))
    assert [turn.text for turn in listener.turns] == ["call mum", "please call mum"]
    assert listener.turns[0].audio == listener.turns[1].audio


def test_the_sound_is_kept_for_words_that_come_after_their_final_was_given_up() -> None:
    listener = Listener()

    def late(text: str) -> str:
        recognizer.sessions[-1].put(PartialTranscript("call mum"), after=3.0)
        return "call mum"

    async def script(user: ScriptedUser) -> None:
        await user.says("", 1.0)
        await user.waits(4.0)

    recognizer = ScriptedRecognizer(final_delay=3.5, mishears=late)
    talk(listener, script, recognizer)
    assert listener.turns[0].text == "call mum"
    assert listener.seconds(0) == pytest.approx(1.0 + 0.25, abs=0.1)


def test_the_sound_of_the_whole_turn_is_given_but_not_that_of_the_one_before() -> None:
    listener = Listener()

    async def script(user: ScriptedUser) -> None:
        await user.says("I would like", 1.0)
        await user.waits(0.9)
        await user.says("a parrot", 1.0)
        await user.is_answered()
        await user.says("thank you", 1.0)
        await user.is_answered()

    talk(listener, script)
    heard = [listener.words(index) for index in range(len(listener.turns))]
    assert heard[0] == "I would like"
    assert "I would like a parrot" in heard
    assert heard[-1] == "thank you"


def test_the_last_seconds_of_a_long_turn_are_given() -> None:
    listener = Listener()

    async def script(user: ScriptedUser) -> None:
        await user.says("one two three four five six seven eight nine ten", 10.0)
        await user.is_answered()

    talk(listener, script)
    assert listener.seconds(0) == pytest.approx(8.0, abs=0.03)
    assert listener.words(0).endswith("eight nine ten")
    assert "one" not in listener.words(0)


@simulated
async def test_where_words_come_at_once_the_first_silence_is_asked_about_with_the_sound_so_far() -> None:
    listener = Listener()
    settings = SETTINGS.model_copy(update={"turns": SETTINGS.turns.model_copy(update={"prepare": "pause"})})
    async with converse(turn_detector=listener, chat=ScriptedChatModel(["Well."]), settings=settings) as user:
        for _ in range(4):
            await user.says("what is the weather", 1.0)
            await user.is_answered()
    early = next(index for index, turn in enumerate(listener.turns) if turn.silence < 0.1)
    assert listener.words(early) == listener.words(early + 1) == "what is the weather"
    assert listener.turns[early + 1].silence == pytest.approx(0.25, abs=0.05)
    assert listener.seconds(early + 1) - listener.seconds(early) == pytest.approx(0.23, abs=0.05)


class Faulty(TurnDetector[Options]):
    """Returns or raises what it should not."""

    def __init__(self, answer: Any) -> None:
        super().__init__(Options())
        self.answer = answer

    async def wait(self, turn: TurnSoFar) -> float:
        if isinstance(self.answer, BaseException):
            raise self.answer
        answer: float = self.answer
        return answer


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (nan, "it returned nan instead of seconds"),
        (numpy.float32("nan"), "it returned nan instead of seconds"),
        (None, "it broke: TypeError (-v shows where)"),
        ("soon", "it broke: ValueError (-v shows where)"),
        (asyncio.CancelledError(), "it broke: CancelledError (-v shows where)"),
    ],
)
def test_a_detector_that_does_not_return_seconds_is_reported_once_and_ignored(
    answer: Any, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert pauses(Faulty(answer), "what is the weather", "thank you") == pytest.approx([1.2, 1.2], abs=0.1)
    warnings = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert warnings == [f"the turn detector failed; the bot uses its longest wait instead: {reason}"]


@pytest.mark.parametrize(("answer", "seconds"), [(inf, 1.2), (99.0, 1.2), (-inf, 0.3), (-1.0, 0.3)])
def test_the_answer_is_clamped_to_the_bounds_of_patience(
    answer: float, seconds: float, caplog: pytest.LogCaptureFixture
) -> None:
    assert pauses(Faulty(answer), "what is the weather") == pytest.approx([seconds], abs=0.1)
    assert not caplog.records


def pauses(detector: TurnDetector[Options], *said: str) -> list[float]:
    """Return the seconds of silence after which each turn was over."""
    found = list[float]()

    @simulated
    async def conversation() -> None:
        async with converse(turn_detector=detector, settings=SETTINGS) as user:
            for text in said:
                await user.says(text)
                await user.is_answered()
        timed = [event for event in user.events if isinstance(event, TurnTimed)]
        found.extend(turn.decided - (turn.speech_stopped or 0.0) for turn in timed if turn.decided)

    conversation()
    return found


class Wishing(ScriptedChatModel):
    """Asks for some patience with the next turn."""

    def __init__(self, wish: Any) -> None:
        super().__init__()
        self.wish = wish

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        yield TextDelta("And the number?")
        yield ReplyEnded(patience=self.wish)


@pytest.mark.parametrize(
    "wish",
    [
        "leisurely",
        "",
        (nan, 1.0),
        (0.5, inf),
        (0.5,),
        (0.5, 1.0, 2.0),
        ("a", "b"),
        (None, 1),
        {},
        object,
        10**400,
    ],
)
def test_an_invalid_patience_of_a_chat_model_is_reported_once_and_ignored(wish: Any) -> None:
    @simulated
    async def conversation() -> None:
        async with converse(chat=Wishing(wish), settings=SETTINGS) as user:
            for text in ("my insurance", "one two three", "four"):
                await user.says(text)
                await user.is_answered()
        turns = [event for event in user.events if isinstance(event, BotTurnEnded)]
        assert [turn.heard for turn in turns] == ["And the number?"] * 3
        assert not [event for event in user.events if isinstance(event, ProviderFailed)]
        (reported,) = [event for event in user.events if isinstance(event, ProviderNoticed)]
        assert reported.message.startswith("the chat model asked for an unknown patience: ")
        assert len(reported.message) < 120

    conversation()
