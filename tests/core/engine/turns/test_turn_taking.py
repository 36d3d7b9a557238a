"""Whose turn it is: tables of inputs and decisions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from voicebot.engine.turns.actions import Answer, AskTurnDetector, Commit, Correct
from voicebot.engine.turns.final import Final
from voicebot.engine.turns.rules import PatienceBounds, TurnRules
from voicebot.engine.turns.turn_taking import TurnTaking

from .scenario import HEARD, UNHEARD, UNPREPARED, Decisions, Step, play

RULES = replace(UNPREPARED, interruption=0)
HANG_OVER = 0.25


CASES = {
    "silence for as long as patience ends the turn": (
        [("start", 0, 0), ("stop", 1.25, 0), ("final", 1.4, "hello"), ("wait", 9, 0)],
        [(1.25, Commit()), (1.8, Answer("hello"))],
    ),
    "words that have not changed for a while are answered before their final comes": (
        [("start", 0, 0), ("stop", 1.25, 0), ("partial", 1.3, "hel"), ("final", 2.5, "hello")],
        [(1.25, Commit()), (1.9, Answer("hel")), (2.5, UNHEARD), (2.5, Answer("hello"))],
    ),
    "speech without words is not answered before its final comes": (
        [("start", 0, 0), ("stop", 1.25, 0), ("final", 2.5, "hello")],
        [(1.25, Commit()), (2.5, Answer("hello"))],
    ),
    "a final that does not come is replaced by the partial": (
        [("start", 0, 0), ("partial", 1.0, "hello"), ("stop", 1.25, 0), ("wait", 9, 0)],
        [(1.25, Commit()), (1.8, Answer("hello"))],
    ),
    "a pause shorter than patience does not end the turn": (
        [
            ("start", 0, 0),
            ("stop", 1.25, 0),
            ("final", 1.4, "turn on the"),
            ("start", 1.7, 0),
            ("stop", 2.95, 0),
            ("final", 3.1, "lamp"),
            ("wait", 9, 0),
        ],
        [(1.25, Commit()), (2.95, Commit()), (3.5, Answer("turn on the lamp"))],
    ),
    "a sound without words is not answered": (
        [("start", 0, 0), ("stop", 1.25, 0), ("final", 1.4, ""), ("wait", 9, 0)],
        [(1.25, Commit())],
    ),
    "speech while an answer is prepared joins the turn": (
        [
            ("start", 0, 0),
            ("stop", 1.25, 0),
            ("final", 1.4, "what is the weather"),
            ("start", 2.0, 0),
            ("stop", 3.25, 0),
            ("final", 3.4, "in paris"),
            ("wait", 9, 0),
        ],
        [
            (1.25, Commit()),
            (1.8, Answer("what is the weather")),
            (2.0, UNHEARD),
            (3.25, Commit()),
            (3.8, Answer("what is the weather in paris")),
        ],
    ),
    "a cough while an answer is prepared does not swallow the question": (
        [
            ("start", 0, 0),
            ("stop", 1.25, 0),
            ("final", 1.4, "what is the weather"),
            ("start", 2.0, 0),
            ("stop", 2.5, 0),
            ("final", 2.6, ""),
            ("wait", 9, 0),
        ],
        [
            (1.25, Commit()),
            (1.8, Answer("what is the weather")),
            (2.0, UNHEARD),
            (2.5, Commit()),
            (3.05, Answer("what is the weather")),
        ],
    ),
    "speech over an audible reply interrupts it and begins a turn of its own": (
        [
            ("start", 0, 0),
            ("stop", 1.25, 0),
            ("final", 1.4, "hello"),
            ("audible", 2.5, 0),
            ("start", 3.0, 0),
            ("stop", 4.25, 0),
            ("final", 4.4, "stop"),
            ("wait", 9, 0),
        ],
        [(1.25, Commit()), (1.8, Answer("hello")), (3.0, HEARD), (4.25, Commit()), (4.8, Answer("stop"))],
    ),
    "a final that comes too late is not taken for a new turn": (
        [
            ("start", 0, 0),
            ("partial", 1.0, "hello"),
            ("stop", 1.25, 0),
            ("audible", 2.0, 0),
            ("partial", 3.5, "hello there"),
            ("final", 4.0, "hello there"),
            ("done", 6.0, 0),
            ("wait", 20, 0),
        ],
        [(1.25, Commit()), (1.8, Answer("hello")), (4.0, Correct("hello there"))],
    ),
    "a final that comes late is answered where nothing else was heard": (
        [("start", 0, 0), ("stop", 1.25, 0), ("wait", 5, 0), ("final", 6.0, "hello"), ("wait", 9, 0)],
        [(1.25, Commit()), (6.0, Answer("hello"))],
    ),
    "without reports of speech, words interrupt": (
        [("typed", 0, "hello"), ("audible", 1, 0), ("partial", 2.0, "stop")],
        [(0, Answer("hello")), (2.0, HEARD)],
    ),
    "a typed line is a turn of its own": (
        [("typed", 0, "hello"), ("audible", 1, 0), ("typed", 2.0, "stop")],
        [(0, Answer("hello")), (2.0, HEARD), (2.0, Answer("stop"))],
    ),
    "a line typed before the answer is read joins the one before": (
        [("typed", 0, "hello"), ("typed", 0.1, "bot")],
        [(0, Answer("hello")), (0.1, UNHEARD), (0.1, Answer("hello bot"))],
    ),
    "at the end of the input patience is not needed": (
        [("start", 0, 0), ("end of input", 1.0, 0), ("final", 1.1, "hello")],
        [(1.0, Commit()), (1.1, Answer("hello"))],
    ),
    "at the end of the input a pause is over": (
        [("start", 0, 0), ("stop", 1.25, 0), ("final", 1.3, "hello"), ("end of input", 1.35, 0)],
        [(1.25, Commit()), (1.35, Answer("hello"))],
    ),
    "after the end of the input a final that does not come is not waited for long": (
        [("end of input", 1.0, 0), ("busy?", 2.9, True), ("busy?", 3.1, False)],
        [(1.0, Commit())],
    ),
    "finals that will not come are not waited for": (
        [("start", 0, 0), ("partial", 1, "hello"), ("stop", 1.25, 0), ("give up", 1.3, 0), ("wait", 9, 0)],
        [(1.25, Commit()), (1.8, Answer("hello"))],
    ),
}


@pytest.mark.parametrize(("steps", "expected"), CASES.values(), ids=CASES.keys())
def test_taking_turns(steps: list[Step], expected: Decisions) -> None:
    done = play(TurnTaking(RULES), *steps, hang_over=HANG_OVER)
    assert [(pytest.approx(at), action) for at, action in done] == expected


def test_a_recogniser_that_finds_the_end_of_speech_itself_is_trusted() -> None:
    machine = TurnTaking(TurnRules(PatienceBounds(0, 0), prepare="off"))
    machine.speech_started(0.0)
    assert Answer("hello") in machine.final(1.0, Final("hello", ends_speech=True))


def test_the_machine_is_idle_only_when_nothing_is_left_to_answer() -> None:
    machine = TurnTaking(RULES)
    assert machine.is_idle
    machine.speech_started(0.0)
    assert not machine.is_idle
    machine.speech_stopped(1.25, 1.0)
    assert machine.is_busy
    machine.final(1.3, Final("hello"))
    assert not machine.is_idle
    machine.turn_detected(1.3, 0.8)
    assert not machine.is_busy
    assert machine.tick(1.8) == [Answer("hello")]
    machine.reply_ended(5.0, None)
    assert machine.is_idle


def test_a_greeting_that_is_interrupted_leaves_no_question() -> None:
    machine = TurnTaking(RULES)
    machine.bot.begin(None)
    done = play(
        machine,
        ("start", 0, 0),
        ("stop", 1.25, 0),
        ("final", 1.3, "hello"),
        ("wait", 9, 0),
        hang_over=HANG_OVER,
    )
    assert [action for _, action in done] == [UNHEARD, Commit(), Answer("hello")]


def test_the_turn_detector_receives_the_pauses_after_which_the_user_went_on() -> None:
    questions: list[AskTurnDetector] = []

    def wait(question: AskTurnDetector) -> float:
        questions.append(question)
        return 1.6

    steps = [("start", 0, 0), ("stop", 1.25, 0), ("final", 1.3, "turn on"), ("start", 1.5, 0)]
    play(
        TurnTaking(RULES),
        *[*steps, ("stop", 2.25, 0), ("final", 2.3, "the lamp")],
        wait=wait,
        hang_over=HANG_OVER,
    )
    assert questions[-1] == AskTurnDetector("turn on the lamp", is_final=True, pauses=(0.5,))
