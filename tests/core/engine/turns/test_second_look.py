"""A turn detector that is asked once more just before the reply is let out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from voicebot import AudioFormat, Options, Settings, TurnDetector, TurnSoFar
from voicebot.config.schema import PatienceOptions, TurnOptions
from voicebot.engine.turns.actions import Answer, AskTurnDetector, Commit, Discard, Prepare
from voicebot.engine.turns.rules import TurnRules
from voicebot.engine.turns.turn_taking import TurnTaking
from voicebot.errors import ProviderError
from voicebot.events import ReplyPrepared, ReplyWithdrawn, TurnTimed, UserTurnEnded
from voicebot.testing import ScriptedChatModel, ScriptedUser, converse, simulated

from .scenario import PATIENCE, Decisions, Step, play

RULES = TurnRules(PATIENCE, prepare="off", second_look=True)
SAID: tuple[Step, ...] = (("start", 0, 0), ("partial", 0.9, "so"), ("stop", 1, 0), ("final", 1, "so"))
Wait = Callable[[AskTurnDetector], float | None]


class Asked:
    """Answers each question with the next of some waits; None is no answer."""

    def __init__(self, *waits: float | None) -> None:
        self.questions: list[tuple[float, bool]] = []
        """The silence in each question, and whether it was a second look."""
        self._waits: Iterator[float | None] = iter(waits)

    def __call__(self, question: AskTurnDetector) -> float | None:
        self.questions.append((round(question.silence, 3), question.is_second_look))
        return next(self._waits)


def answered_at(decisions: Decisions) -> list[float]:
    return [round(at, 3) for at, action in decisions if isinstance(action, Answer)]


# of the three questions, the second is about the final transcript of the same words
@pytest.mark.parametrize(
    ("second", "answered"),
    [(0.3, 1.8), (0.8, 1.8), (1.3, 2.3), (99.0, 2.6), (None, 1.8)],
    ids=["shorter", "equal", "longer", "longer than patience", "no answer"],
)
def test_a_second_answer_can_lengthen_the_wait_and_nothing_else(
    second: float | None, answered: float
) -> None:
    asked = Asked(0.8, 0.8, second)
    assert answered_at(play(TurnTaking(RULES), *SAID, ("wait", 9, 0), wait=asked)) == [answered]
    assert asked.questions == [(0.0, False), (0.0, False), (0.7, True)]


def test_a_detector_without_a_second_look_is_not_asked_again() -> None:
    asked = Asked(0.8, 0.8)
    rules = replace(RULES, second_look=False)
    assert answered_at(play(TurnTaking(rules), *SAID, ("wait", 9, 0), wait=asked)) == [1.8]
    assert asked.questions == [(0.0, False)] * 2


def test_of_a_short_wait_half_is_left_for_the_second_look() -> None:
    asked = Asked(0.3, 0.3, 0.6)
    steps = (("start", 0, 0), ("partial", 0.9, "so"), ("stop", 1.2, 0), ("final", 1.2, "so"), ("wait", 9, 0))
    decisions = play(TurnTaking(RULES), *steps, wait=asked, hang_over=0.2)
    assert asked.questions == [(0.2, False), (0.2, False), (0.25, True)]
    assert answered_at(decisions) == [1.6]


def test_a_wait_that_is_over_when_the_detector_answers_is_not_asked_about_again() -> None:
    asked = Asked(0.3, 0.3)
    steps = (("start", 0, 0), ("partial", 0.9, "so"), ("stop", 1.5, 0), ("final", 1.5, "so"), ("wait", 9, 0))
    assert answered_at(play(TurnTaking(RULES), *steps, wait=asked, hang_over=0.5)) == [1.5]
    assert asked.questions == [(0.5, False), (0.5, False)]


def test_in_one_pause_the_same_words_are_looked_at_again_only_once() -> None:
    asked = Asked(0.8, 0.8, 1.5)
    play(TurnTaking(RULES), *SAID, ("wait", 9, 0), wait=asked)
    assert [again for _, again in asked.questions] == [False, False, True]


def test_words_that_are_final_after_the_second_look_are_not_looked_at_again() -> None:
    asked = Asked(0.8, 1.5, 1.5)
    steps = (*SAID[:3], ("final", 1.55, "So."), ("wait", 9, 0))
    # the partial transcript would have been answered 0.6 s into the silence, as stable words are
    decisions = play(TurnTaking(replace(RULES, stable=0.9)), *steps, wait=asked)
    assert asked.questions == [(0.0, False), (0.55, False), (1.4, True)]
    assert answered_at(decisions) == [2.5]


def test_other_words_and_another_pause_are_looked_at_again() -> None:
    asked = Asked(*[1.0] * 20)
    steps: tuple[Step, ...] = (
        *SAID,
        ("wait", 1.95, 0),
        ("partial", 1.95, "so what"),
        ("wait", 1.98, 0),
        ("start", 1.98, 0),
        ("partial", 2.9, "else"),
        ("stop", 3, 0),
        ("final", 3, "what else"),
        ("wait", 9, 0),
    )
    decisions = play(TurnTaking(RULES), *steps, wait=asked)
    seconds = [silence for silence, again in asked.questions if again]
    assert seconds[0] == 0.9
    assert seconds[-1] == 0.9
    assert len(seconds) == 3, asked.questions
    assert answered_at(decisions) == [4.0]


def test_nothing_is_asked_a_second_time_once_the_input_has_ended() -> None:
    asked = Asked(0.8, 0.8)
    steps: tuple[Step, ...] = (*SAID, ("end of input", 1.2, 0), ("wait", 9, 0))
    assert answered_at(play(TurnTaking(RULES), *steps, wait=asked)) == [1.2]
    assert asked.questions == [(0.0, False)] * 2


def test_a_recording_waits_for_the_second_answer() -> None:
    machine = TurnTaking(RULES, live=False)
    play(machine, *SAID, ("busy?", 1.6, False), ("busy?", 1.75, True), wait=Asked(0.8, 0.8, None))
    machine.turn_detected(1.75, 1.2)
    assert not machine.is_busy
    assert answered_at(play(machine, ("wait", 9, 0))) == [2.2]


def test_an_answer_that_comes_when_the_user_goes_on_is_ignored() -> None:
    machine = TurnTaking(RULES)
    play(machine, *SAID, ("wait", 1.75, 0), ("start", 1.78, 0), wait=Asked(0.8, 0.8, None))
    assert machine.turn_detected(1.79, 3.0) == []
    steps: tuple[Step, ...] = (("partial", 2.5, "now"), ("stop", 3, 0), ("final", 3, "now"), ("wait", 9, 0))
    assert answered_at(play(machine, *steps, wait=Asked(0.8, 0.8, 0.8))) == [3.8]


def test_the_second_look_does_not_discard_the_prepared_reply() -> None:
    rules = replace(RULES, prepare="pause", reply_time=0.5)
    decisions = play(TurnTaking(rules), *SAID, ("wait", 9, 0), wait=Asked(0.8, 0.8, 1.5))
    assert [action for _, action in decisions] == [Commit(), Prepare("so"), Answer("so", prepared=True)]
    assert Discard() not in [action for _, action in decisions]
    assert answered_at(decisions) == [2.5]


class Listener(TurnDetector[Options]):
    """Answers the first question about a pause with one wait, and the second one as it is told."""

    input_format = AudioFormat(16_000)
    audio_seconds = 8.0
    second_look = True

    def __init__(
        self, first: float, second: Callable[[TurnSoFar], float | Exception], slow: float = 0.0
    ) -> None:
        super().__init__(Options())
        self.turns: list[TurnSoFar] = []
        self._first, self._second, self._slow = first, second, slow

    async def wait(self, turn: TurnSoFar) -> float:
        self.turns.append(turn)
        if turn.silence < 0.5:
            return self._first
        await asyncio.sleep(self._slow)
        answer = self._second(turn)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def seconds(self, turn: TurnSoFar) -> float:
        """Return how much silence the sound of a question ends with."""
        frames = range(0, len(turn.audio), 640)
        spoken = [start for start in frames if turn.audio[start]]
        return self.input_format.seconds_in(len(turn.audio) - spoken[-1] - 640)


def settings(prepare: str = "pause") -> Settings:
    turns = {"patience": PatienceOptions(earliest=0.3, latest=3), "prepare": prepare}
    return Settings(turns=TurnOptions.model_validate(turns))


def waited(user: ScriptedUser) -> list[float]:
    timed = [event for event in user.events if isinstance(event, TurnTimed)]
    return [turn.decided - turn.speech_stopped for turn in timed if turn.decided and turn.speech_stopped]


@simulated
async def test_the_sound_of_the_second_question_ends_with_the_silence_heard_since() -> None:
    listener = Listener(1.0, lambda turn: 2.0)
    async with converse(turn_detector=listener, settings=settings()) as user:
        await user.says("shall we say")
        await user.is_answered()
    *first, second = listener.turns
    for turn in listener.turns:
        assert listener.seconds(turn) == pytest.approx(turn.silence, abs=0.021)
    assert first[0].silence == pytest.approx(0.25, abs=0.021)
    assert second.silence == pytest.approx(0.9, abs=0.021)
    assert waited(user) == [pytest.approx(2.0, abs=0.03)]


@simulated
async def test_a_user_who_goes_on_in_the_wait_that_was_lengthened_is_not_cut_off() -> None:
    listener = Listener(0.8, lambda turn: 0.8 if turn.text.endswith("two") else 1.6)
    chat = ScriptedChatModel(["Which table?", "A table for two."], first_token=0.05)
    async with converse(turn_detector=listener, chat=chat, settings=settings()) as user:
        await user.says("I would like a table")
        await user.waits(1.2)
        assert user.played == 0.0
        assert len([event for event in user.events if isinstance(event, ReplyPrepared)]) == 1
        await user.says("for two")
        await user.is_answered()
    ended = [event.text for event in user.events if isinstance(event, UserTurnEnded)]
    assert ended == ["I would like a table for two"]
    assert len([event for event in user.events if isinstance(event, ReplyWithdrawn)]) == 1


@pytest.mark.parametrize(
    ("second", "slow"), [(ProviderError("it broke"), 0.0), (2.5, 0.5)], ids=["failed", "late"]
)
@simulated
async def test_a_second_answer_that_fails_or_is_late_delays_nothing(
    second: float | Exception, slow: float, caplog: pytest.LogCaptureFixture
) -> None:
    listener = Listener(1.0, lambda turn: second, slow)
    async with converse(turn_detector=listener, settings=settings("off")) as user:
        await user.says("shall we say")
        await user.is_answered()
        await user.says("six o'clock")
        await user.is_answered()
    assert waited(user) == [pytest.approx(1.0, abs=0.03)] * 2
    assert len([turn for turn in listener.turns if turn.silence > 0.5]) == 2
    warnings = [record.getMessage() for record in caplog.records]
    is_failure = isinstance(second, Exception)
    failed = "the turn detector failed; the bot uses its first answer instead: it broke"
    assert warnings == ([failed] if is_failure else [])
