"""Which segment of speech a transcript belongs to: its place between commits and finals."""

from __future__ import annotations

from dataclasses import replace

import pytest

from voicebot.engine.turns.actions import Answer, Commit
from voicebot.engine.turns.rules import PatienceBounds
from voicebot.engine.turns.turn_taking import TurnTaking

from .scenario import UNPREPARED, Decisions, Step, play, turns_in


def spoken(words: str, at: float, *, partial_after: float = 0.8) -> list[Step]:
    """Words that take a second, recognised `partial_after` seconds after their beginning."""
    return [("start", at, 0), ("partial", at + partial_after, words), ("stop", at + 1.0, 0)]


ANSWERED = [("audible", 3.0, 0), ("done", 4.0, 0)]
CASES = {
    "the same word again, twelve seconds after one that got no final": (
        [*spoken("yes", 0), *ANSWERED, *spoken("yes", 12), ("wait", 20, 0)],
        ["yes", "yes"],
    ),
    "the same word again, three seconds after one that got no final": (
        [*spoken("yes", 0), *ANSWERED, *spoken("yes", 4.2), ("wait", 20, 0)],
        ["yes", "yes"],
    ),
    "the same word again from a recogniser that leaves a final out and gives no partials": (
        [
            ("start", 0, 0),
            ("stop", 1, 0),
            ("wait", 5, 0),
            ("start", 12, 0),
            ("stop", 13, 0),
            ("final", 13.1, "yes"),
            ("wait", 20, 0),
        ],
        ["yes"],
    ),
    "a final that says much more than the words that were answered": (
        [
            *spoken("what", 0),
            ("audible", 2.2, 0),
            ("final", 3.2, "what is the capital of France"),
            ("done", 4, 0),
            ("wait", 9, 0),
        ],
        ["what is the capital of France"],
    ),
    "a final that has nothing in common with the words that were answered": (
        [*spoken("wreck a nice beach", 0), *ANSWERED, ("final", 5, "recognise speech"), ("wait", 9, 0)],
        ["recognise speech"],
    ),
    "a short last segment whose words are also in others": (
        [
            *spoken("I want a pony and a pontoon", 0),
            ("final", 1.1, "I want a pony and a pontoon"),
            *spoken("on", 1.4),
            ("audible", 5, 0),
            ("done", 6, 0),
            ("final", 7, "one."),
        ],
        ["I want a pony and a pontoon one."],
    ),
    "a final that comes after the next turn was answered": (
        [
            *spoken("call mum", 0),
            *ANSWERED,
            *spoken("no wait", 5),
            ("audible", 8, 0),
            ("done", 9, 0),
            ("final", 10, "call Tom"),
            ("final", 11, "no, wait."),
            ("wait", 15, 0),
        ],
        ["call Tom", "no wait"],
    ),
    "a final that is left out, and the one after it": (
        [
            *spoken("book a table", 0),
            *ANSWERED,
            *spoken("what time is it", 5),
            ("final", 6.2, "what time is it?"),
            ("wait", 20, 0),
        ],
        ["book a table", "what time is it?"],
    ),
    "a final that is left out while the user goes on": (
        [
            *spoken("I would like", 0),
            *spoken("two tickets please", 1.3),
            ("final", 2.5, "two tickets, please"),
            ("wait", 9, 0),
        ],
        ["I would like two tickets, please"],
    ),
    "a final that comes twice": (
        [*spoken("hello", 0), ("final", 1.1, "hello"), *ANSWERED, ("final", 5.0, "hello"), ("wait", 9, 0)],
        ["hello"],
    ),
    "a final that comes twice, in other words": (
        [
            *spoken("hello you", 0),
            ("final", 1.1, "hello you"),
            *ANSWERED,
            ("final", 5.0, "hello, you there"),
            ("wait", 9, 0),
        ],
        ["hello, you there"],
    ),
    "a final that comes twice, while the user says something else": (
        [
            *spoken("hello", 0),
            ("final", 1.1, "hello"),
            *ANSWERED,
            ("start", 4.1, 0),
            ("final", 4.2, "hello"),
            ("partial", 4.9, "what is"),
            ("stop", 5.1, 0),
            ("final", 5.2, "what is"),
            ("wait", 9, 0),
        ],
        ["hello", "what is"],
    ),
    "a final that comes twice, while the final of other words is awaited": (
        [
            *spoken("hello", 0),
            ("final", 1.1, "hello"),
            *ANSWERED,
            *spoken("what is", 4.1),
            ("final", 5.15, "hello"),
            ("final", 5.3, "what is"),
            ("wait", 9, 0),
        ],
        ["hello", "what is"],
    ),
    "two finals for one commit": (
        [
            *spoken("turn on the lamp", 0),
            ("final", 1.1, "turn on"),
            ("final", 1.2, "the lamp"),
            ("wait", 9, 0),
        ],
        ["turn on the lamp"],
    ),
    "finals in mid-speech": (
        [
            ("start", 0, 0),
            ("partial", 0.8, "turn on"),
            ("early final", 1, "turn on"),
            ("partial", 1.8, "the lamp"),
            ("stop", 2, 0),
            ("final", 2.1, "the lamp"),
            ("wait", 9, 0),
        ],
        ["turn on the lamp"],
    ),
    "words that grow after they were answered, before the answer is heard": (
        [*spoken("what", 0), ("partial", 2.0, "what is it"), ("audible", 4, 0), ("wait", 9, 0)],
        ["what is it"],
    ),
    "a line typed between partial and final": (
        [
            ("start", 0, 0),
            ("partial", 0.8, "my name"),
            ("typed", 0.9, "Bob"),
            ("audible", 1.9, 0),
            ("final", 2.5, "my name is"),
            ("done", 4, 0),
            ("wait", 9, 0),
        ],
        ["my name is Bob"],
    ),
    "a line typed in a pause": (
        [*spoken("my name is", 0), ("final", 1.1, "my name is"), ("typed", 1.2, "Bob"), ("wait", 9, 0)],
        ["my name is Bob"],
    ),
    "words that begin before a typed line and are recognised after it": (
        [
            ("start", 0, 0),
            ("typed", 0.9, "Bob"),
            ("stop", 1, 0),
            ("final", 1.2, "my name is"),
            ("final", 1.3, ""),
            ("wait", 9, 0),
        ],
        ["my name is Bob"],
    ),
    "words that are recognised again after a break are known": (
        [
            *spoken("hello there", 0),
            *ANSWERED,
            ("start", 4.5, 0),
            ("reopened", 4.8, 0),
            ("partial", 4.9, "hello"),
            ("partial", 5.0, "hello there"),
            ("stop", 5.5, 0),
            ("final", 5.6, "hello there"),
            ("partial", 5.7, "and you"),
            ("final", 5.8, "and you"),
            ("wait", 9, 0),
        ],
        ["hello there", "and you"],
    ),
}


@pytest.mark.parametrize(("steps", "turns"), CASES.values(), ids=CASES.keys())
def test_words_are_answered_once(steps: list[Step], turns: list[str]) -> None:
    assert turns_in(play(TurnTaking(UNPREPARED), *steps)) == turns


WITHOUT_DETECTOR = {
    "speech is committed at its end although a final of earlier speech came meanwhile": (
        [
            ("start", 1, 0),
            ("stop", 1.8, 0),
            ("start", 2, 0),
            ("final", 2.1, "I would like"),
            ("stop", 2.8, 0),
            ("final", 3.1, "two tickets"),
            ("wait", 9, 0),
        ],
        ["I would like two tickets"],
    ),
    "speech is committed at its end although the recogniser found an end before": (
        [
            ("start", 1, 0),
            ("own final", 2.1, "I would like"),
            ("stop", 2.8, 0),
            ("final", 3.1, "two tickets"),
            ("wait", 9, 0),
        ],
        ["I would like two tickets"],
    ),
    "words without a report of speech, a final or an end are answered": (
        [("partial", 1, "hello"), ("wait", 9, 0)],
        ["hello"],
    ),
    "speech is over if its session broke before reporting the end": (
        [("start", 1, 0), ("partial", 1.5, "hello"), ("reopened", 2, 0), ("wait", 9, 0)],
        ["hello"],
    ),
    "a final like the one before is of other speech if neither had partials": (
        [
            ("partial", 1, "I would like"),
            ("own final", 1.5, "I would like"),
            ("own final", 2.2, "two tickets"),
            ("own final", 2.9, "ten tickets"),
            ("wait", 9, 0),
        ],
        ["I would like two tickets ten tickets"],
    ),
    "speech is committed when the input ends": (
        [
            ("start", 1, 0),
            ("stop", 1.8, 0),
            ("final", 1.9, "hello"),
            ("audible", 3, 0),
            ("done", 4, 0),
            ("end of input", 5, 0),
            ("final", 5.5, "and goodbye"),
            ("wait", 9, 0),
        ],
        ["hello", "and goodbye"],
    ),
}


@pytest.mark.parametrize(("steps", "turns"), WITHOUT_DETECTOR.values(), ids=WITHOUT_DETECTOR.keys())
def test_without_a_detector(steps: list[Step], turns: list[str]) -> None:
    assert turns_in(play(TurnTaking(UNPREPARED, has_detector=False), *steps)) == turns


def test_the_first_final_of_a_recording_belongs_to_its_first_words_however_fast_it_is_read() -> None:
    steps: list[Step] = [
        ("partial", 1, "hello"),
        ("audible", 4, 0),
        ("done", 6, 0),
        ("end of input", 60, 0),
        ("final", 60, "hello"),
        ("final", 60, "and goodbye"),
        ("wait", 90, 0),
    ]
    assert turns_in(play(TurnTaking(UNPREPARED, has_detector=False, live=False), *steps)) == [
        "hello",
        "and goodbye",
    ]


def test_words_that_come_after_their_commit_was_answered_are_committed_with_the_turn() -> None:
    """Otherwise, the recogniser would join them to what the user says next, which then had no answer."""
    decisions = play(
        TurnTaking(UNPREPARED),
        ("start", 0, 0),
        ("stop", 1, 0),
        ("final", 1.1, ""),
        ("partial", 3, "call mum"),
        ("audible", 4, 0),
        ("done", 5, 0),
        ("final", 5.1, "call mum"),
        *spoken("and Tom", 8),
        ("final", 9.1, "and Tom"),
        ("wait", 20, 0),
    )
    assert [action for _, action in decisions if isinstance(action, Commit)] == [Commit()] * 3
    assert turns_in(decisions) == ["call mum", "and Tom"]


def test_a_typed_line_commits_what_is_being_said() -> None:
    done = play(TurnTaking(UNPREPARED), ("start", 0, 0), ("partial", 0.8, "my name"), ("typed", 0.9, "Bob"))
    assert done == [(0.9, Commit()), (0.9, Answer("my name Bob"))]


def answered_at(done: Decisions) -> float:
    [at] = [at for at, action in done if isinstance(action, Answer)]
    return at


def test_without_reports_of_speech_it_is_over_after_a_second_without_another_word() -> None:
    machine = TurnTaking(replace(UNPREPARED, patience=PatienceBounds(0.3, 5.0)), has_detector=False)
    assert answered_at(play(machine, ("partial", 1, "hello"), ("wait", 9, 0))) == pytest.approx(2.0)


def test_speech_that_a_session_reported_is_over_when_the_session_breaks() -> None:
    machine = TurnTaking(UNPREPARED, has_detector=False)
    done = play(machine, ("start", 1, 0), ("partial", 1.5, "hello"), ("reopened", 2, 0), ("wait", 9, 0))
    assert answered_at(done) == pytest.approx(2.8)


@pytest.mark.parametrize(
    "noise",
    [
        [("start", 1.5, 0)],
        [("start", 1.5, 0), ("partial", 2.0, "")],
        [
            (what, 1.5 + 0.5 * number, "")
            for number in range(20)
            for what in (["start"] if number % 2 == 0 else ["stop", "final"])
        ],
    ],
    ids=["that goes on", "with empty partials", "that comes and goes"],
)
def test_noise_delays_the_answer_for_the_longest_patience_at_most(
    noise: list[Step],
) -> None:
    question = [*spoken("what time is it", 0), ("final", 1.1, "what time is it")]
    assert answered_at(play(TurnTaking(UNPREPARED), *question, *noise, ("wait", 15, 0))) <= 1.5 + 1.6


def test_noise_right_after_the_last_word_delays_the_answer_no_longer() -> None:
    question = [("start", 0, 0), ("partial", 0.8, "what time is it"), ("wait", 15, 0)]
    assert answered_at(play(TurnTaking(UNPREPARED), *question)) <= 0.8 + 1.6


def test_speech_without_partials_is_committed_before_it_counts_as_noise() -> None:
    done = play(
        TurnTaking(UNPREPARED),
        *[("start", 0, 0), ("stop", 1, 0), ("final", 1.1, "turn on the lamp")],
        *[
            ("start", 1.5, 0),
            ("final", 3.3, "in the room with"),
            ("stop", 5, 0),
            ("final", 5.1, "the parrot"),
        ],
        ("wait", 15, 0),
    )
    assert (pytest.approx(3.1), Commit()) in done
    assert turns_in(done) == ["turn on the lamp in the room with the parrot"]
