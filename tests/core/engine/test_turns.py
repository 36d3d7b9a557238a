"""Whose turn it is: what happens, and when, against what is decided."""

from __future__ import annotations

import pytest

from voicebot.engine.turns import Action, Answer, Commit, Interrupt, Turns

UNHEARD, HEARD = Interrupt(unheard=True), Interrupt(unheard=False)


def turns(*, interruptible: bool = True) -> Turns:
    return Turns(patience=0.8, final_timeout=2.0, interruptible=interruptible)


def play(machine: Turns, *steps: tuple[str, float, object]) -> list[tuple[float, Action]]:
    """Feed (what, when, argument) to the machine, letting its deadlines pass in between."""
    done: list[tuple[float, Action]] = []
    for what, when, argument in steps:
        while machine.deadline is not None and machine.deadline <= when:
            at = machine.deadline
            done += [(at, action) for action in machine.tick(at)]
        match what:
            case "start":
                actions = machine.speech_started()
            case "stop":
                actions = machine.speech_stopped(when, when - 0.25)
            case "partial":
                actions = machine.partial(when, str(argument))
            case "final":
                actions = machine.final(when, str(argument))
            case "typed":
                actions = machine.typed(str(argument))
            case "audible":
                machine.reply_heard()
                actions = []
            case "done":
                actions = machine.reply_ended(when)
            case "eof":
                actions = machine.input_ended(when)
            case "give up":
                actions = machine.give_up(when)
            case "busy?":
                assert machine.busy is argument
                actions = []
            case _:
                actions = machine.tick(when)
        done += [(when, action) for action in actions]
    return done


TABLE = {
    "silence for as long as patience ends the turn": (
        [("start", 0, 0), ("stop", 1.25, 0), ("final", 1.4, "hello"), ("wait", 9, 0)],
        [(1.25, Commit()), (1.8, Answer("hello"))],
    ),
    "a final that comes after patience is answered at once": (
        [("start", 0, 0), ("stop", 1.25, 0), ("partial", 1.3, "hel"), ("final", 2.5, "hello")],
        [(1.25, Commit()), (2.5, Answer("hello"))],
    ),
    "a final that does not come is replaced by the partial": (
        [("start", 0, 0), ("partial", 1.0, "hello"), ("stop", 1.25, 0), ("wait", 9, 0)],
        [(1.25, Commit()), (3.25, Answer("hello"))],
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
            ("partial", 3.5, "hello there"),
            ("final", 4.0, "hello there"),
            ("done", 6.0, 0),
            ("wait", 20, 0),
        ],
        [(1.25, Commit()), (3.25, Answer("hello"))],
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
        [("start", 0, 0), ("eof", 1.0, 0), ("final", 1.1, "hello")],
        [(1.0, Commit()), (1.1, Answer("hello"))],
    ),
    "at the end of the input a pause is over": (
        [("start", 0, 0), ("stop", 1.25, 0), ("final", 1.3, "hello"), ("eof", 1.35, 0)],
        [(1.25, Commit()), (1.35, Answer("hello"))],
    ),
    "after the end of the input a final that does not come is not waited for long": (
        [("eof", 1.0, 0), ("busy?", 2.9, True), ("busy?", 3.1, False)],
        [(1.0, Commit())],
    ),
    "finals that will not come are not waited for": (
        [("start", 0, 0), ("partial", 1, "hello"), ("stop", 1.25, 0), ("give up", 1.3, 0), ("wait", 9, 0)],
        [(1.25, Commit()), (1.8, Answer("hello"))],
    ),
}


@pytest.mark.parametrize(("steps", "expected"), TABLE.values(), ids=TABLE.keys())
def test_rule(steps: list[tuple[str, float, object]], expected: list[tuple[float, Action]]) -> None:
    done = play(turns(), *steps)
    assert [(pytest.approx(at), action) for at, action in done] == expected


def test_a_bot_that_cannot_be_interrupted_answers_what_was_said_after_it_has_finished() -> None:
    done = play(
        turns(interruptible=False),
        ("start", 0, 0),
        ("stop", 1.25, 0),
        ("final", 1.4, "hello"),
        ("audible", 2, 0),
        ("start", 3, 0),
        ("stop", 4.25, 0),
        ("final", 4.4, "wait"),
        ("done", 9, 0),
    )
    assert done[-1] == (9, Answer("wait"))
    assert not any(isinstance(action, Interrupt) for _, action in done)


def test_a_greeting_that_is_interrupted_leaves_no_question() -> None:
    machine = turns()
    machine.bot_begins()
    done = play(machine, ("start", 0, 0), ("stop", 1.25, 0), ("final", 1.3, "hello"), ("wait", 9, 0))
    assert [action for _, action in done] == [UNHEARD, Commit(), Answer("hello")]


def test_a_recogniser_that_alone_decides_the_end_is_believed() -> None:
    machine = Turns(patience=0.0, final_timeout=2.0)
    machine.speech_started()
    assert machine.final(1.0, "hello", ends_speech=True) == [Answer("hello")]


def test_the_machine_is_idle_only_when_nothing_is_left_to_answer() -> None:
    machine = turns()
    assert machine.idle
    machine.speech_started()
    assert not machine.idle
    machine.speech_stopped(1.25, 1.0)
    assert machine.busy
    machine.final(1.3, "hello")
    assert not machine.idle
    assert not machine.busy
    assert machine.tick(1.8) == [Answer("hello")]
    machine.reply_ended(5.0)
    assert machine.idle
