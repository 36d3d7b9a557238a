"""Whose turn it is: what happens, and when, against what is decided."""

from __future__ import annotations

from dataclasses import replace

import pytest

from voicebot.engine.turns.actions import (
    Action,
    Answer,
    AskTurnDetector,
    Commit,
    Correct,
    Discard,
    Duck,
    Hold,
    Interrupt,
    Prepare,
    Resume,
)
from voicebot.engine.turns.bot_turn import BotSaid
from voicebot.engine.turns.rules import PatienceBounds, TurnRules
from voicebot.engine.turns.turn_taking import TurnTaking
from voicebot.engine.turns.user_turn.transcripts import Final

UNHEARD, HEARD = Interrupt(unheard=True), Interrupt(unheard=False)
SERIAL = TurnRules(PatienceBounds(0.3, 1.6), prepare="off", interruption=0)
AHEAD = TurnRules(PatienceBounds(0.3, 1.6), reply_time=0.5)


def judgement(judge: AskTurnDetector) -> float:
    """A turn detector's: a word in progress needs patience, a question needs none."""
    last = judge.text.split()[-1]
    return {"the": 1.6, "is": 1.6, "weather?": 0.3}.get(last, 0.8)


def play(machine: TurnTaking, *steps: tuple[str, float, object]) -> list[tuple[float, Action]]:
    """Feed (what, when, argument) to the machine, letting its deadlines pass in between."""
    done: list[tuple[float, Action]] = []

    def take(when: float, actions: list[Action]) -> None:
        for action in actions:
            if isinstance(action, AskTurnDetector):
                take(when, machine.turn_detected(when, judgement(action)))
            else:
                done.append((when, action))

    for what, when, argument in steps:
        while machine.deadline is not None and machine.deadline <= when:
            at = machine.deadline
            take(at, machine.tick(at))
        match what:
            case "start":
                take(when, machine.speech_started(when))
            case "stop":
                take(when, machine.speech_stopped(when, when - 0.25))
            case "partial":
                take(when, machine.partial(when, str(argument)))
            case "final":
                take(when, machine.final(when, Final(str(argument))))
            case "typed":
                take(when, machine.typed(when, str(argument)))
            case "audible":
                machine.reply_audible(when)
            case "done":
                said = BotSaid(str(argument or ""), PatienceBounds(0.3, 1.6))
                take(when, machine.reply_ended(when, said))
            case "eof":
                take(when, machine.input_ended(when))
            case "give up":
                take(when, machine.give_up_finals(when))
            case "busy?":
                assert machine.is_busy is argument
            case _:
                take(when, machine.tick(when))
    return done


TABLE = {
    "silence for as long as patience ends the turn": (
        [("start", 0, 0), ("stop", 1.25, 0), ("final", 1.4, "hello"), ("wait", 9, 0)],
        [(1.25, Commit()), (1.8, Answer("hello"))],
    ),
    "words that have not changed for a while are answered before they are settled": (
        [("start", 0, 0), ("stop", 1.25, 0), ("partial", 1.3, "hel"), ("final", 2.5, "hello")],
        [(1.25, Commit()), (1.9, Answer("hel")), (2.5, UNHEARD), (2.5, Answer("hello"))],
    ),
    "a final is not waited for where it comes in time, and is where nothing else was told": (
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


PREPARING = {
    "the reply is made in the pause and let out when patience ends": (
        [
            ("start", 0, 0),
            ("partial", 0.9, "hello"),
            ("stop", 1.25, 0),
            ("final", 1.4, "Hello."),
            ("wait", 9, 0),
        ],
        [(1.25, Commit()), (1.3, Prepare("hello")), (1.8, Answer("Hello.", prepared=True))],
    ),
    "words that still change are not prepared for": (
        [
            ("start", 0, 0),
            ("partial", 1.2, "turn on"),
            ("stop", 1.25, 0),
            ("partial", 1.27, "turn on a"),
            ("partial", 1.34, "turn on a lamp"),
            ("wait", 9, 0),
        ],
        [
            (1.25, Commit()),
            (1.46, Prepare("turn on a lamp")),
            (1.94, Answer("turn on a lamp", prepared=True)),
        ],
    ),
    "a word that was told since the last sound is the last, and is prepared for at once": (
        [("start", 0, 0), ("partial", 1.15, "the weather?"), ("stop", 1.25, 0), ("wait", 1.4, 0)],
        [(1.25, Commit()), (1.27, Prepare("the weather?"))],
    ),
    "where words come late, no reply is made without the last of them": (
        [
            ("start", 0, 0),
            ("partial", 1.1, "call"),
            ("stop", 1.25, 0),
            ("partial", 1.7, "call mum"),
            ("final", 1.7, "call mum"),
            ("start", 1.75, 0),
            ("partial", 2.6, "and dad"),
            ("stop", 3.25, 0),
            ("wait", 3.34, 0),
            ("partial", 3.4, "and dad please"),
            ("wait", 3.9, 0),
        ],
        [
            (1.25, Commit()),
            (1.3, Prepare("call")),
            (1.7, Discard()),
            (1.7, Prepare("call mum")),
            (2.6, Discard()),
            (3.25, Commit()),
            (3.8, Prepare("call mum and dad please")),
        ],
    ),
    "after each reply made in vain, the pause must last longer for the next": (
        [
            ("start", 0, 0),
            ("stop", 1.25, 0),
            ("final", 1.3, "call mum"),
            ("start", 1.4, 0),
            ("partial", 1.8, "and dad"),
            ("stop", 2.25, 0),
            ("final", 2.3, "and dad"),
            ("start", 2.5, 0),
            ("partial", 2.8, "and Tom"),
            ("stop", 3.25, 0),
            ("final", 3.3, "and Tom"),
            ("wait", 3.7, 0),
        ],
        [
            (1.25, Commit()),
            (1.3, Prepare("call mum")),
            (1.8, Discard()),
            (2.25, Commit()),
            (2.4, Prepare("call mum and dad")),
            (2.8, Discard()),
            (3.25, Commit()),
        ],
    ),
    "nothing is prepared sooner than it is needed": (
        [("start", 0, 0), ("partial", 0.9, "what is the"), ("stop", 1.25, 0), ("wait", 9, 0)],
        [(1.25, Commit()), (2.1, Prepare("what is the")), (2.6, Answer("what is the", prepared=True))],
    ),
    "a user who goes on takes the reply back, and nobody heard it": (
        [
            ("start", 0, 0),
            ("partial", 0.9, "turn on"),
            ("stop", 1.25, 0),
            ("start", 1.6, 0),
            ("partial", 2.0, "turn on"),
            ("final", 2.2, "turn on"),
            ("partial", 2.3, "a lamp"),
            ("stop", 2.65, 0),
            ("final", 2.8, "a lamp"),
            ("wait", 9, 0),
        ],
        [
            (1.25, Commit()),
            (1.3, Prepare("turn on")),
            (2.3, Discard()),
            (2.65, Commit()),
            (2.8, Prepare("turn on a lamp")),
            (3.2, Answer("turn on a lamp", prepared=True)),
        ],
    ),
    "a cough in the pause does not waste what is prepared": (
        [
            ("start", 0, 0),
            ("partial", 0.9, "turn on"),
            ("stop", 1.25, 0),
            ("final", 1.3, "turn on"),
            ("start", 1.6, 0),
            ("stop", 2.0, 0),
            ("final", 2.1, ""),
            ("wait", 9, 0),
        ],
        [
            (1.25, Commit()),
            (1.3, Prepare("turn on")),
            (2.0, Commit()),
            (2.55, Answer("turn on", prepared=True)),
        ],
    ),
    "a final that changes the meaning before the answer has it made anew": (
        [
            ("start", 0, 0),
            ("partial", 0.9, "call mum"),
            ("stop", 1.25, 0),
            ("final", 1.5, "call Tom"),
            ("wait", 9, 0),
        ],
        [
            (1.25, Commit()),
            (1.3, Prepare("call mum")),
            (1.5, Discard()),
            (1.5, Prepare("call Tom")),
            (1.8, Answer("call Tom", prepared=True)),
        ],
    ),
    "a final that changes the meaning of an answer that nobody heard has it given anew": (
        [
            ("start", 0, 0),
            ("partial", 0.9, "call mum"),
            ("stop", 1.25, 0),
            ("final", 2.0, "call Tom"),
            ("wait", 9, 0),
        ],
        [
            (1.25, Commit()),
            (1.3, Prepare("call mum")),
            (1.8, Answer("call mum", prepared=True)),
            (2.0, UNHEARD),
            (2.0, Answer("call Tom")),
        ],
    ),
    "a final that changes the meaning of an answer that is heard corrects history": (
        [
            ("start", 0, 0),
            ("partial", 0.9, "call mum"),
            ("stop", 1.25, 0),
            ("audible", 1.8, 0),
            ("final", 2.5, "call Tom"),
        ],
        [
            (1.25, Commit()),
            (1.3, Prepare("call mum")),
            (1.8, Answer("call mum", prepared=True)),
            (2.5, Correct("call Tom")),
        ],
    ),
    "a user who takes the turn back within 300 ms of the reply was never answered": (
        [
            ("start", 0, 0),
            ("stop", 1.25, 0),
            ("final", 1.3, "what is"),
            ("audible", 2.6, 0),
            ("start", 2.85, 0),
            ("stop", 4.1, 0),
            ("final", 4.2, "the weather?"),
            ("wait", 9, 0),
        ],
        [
            (1.25, Commit()),
            (2.1, Prepare("what is")),
            (2.6, Answer("what is", prepared=True)),
            (2.85, UNHEARD),
            (4.1, Commit()),
            (4.2, Answer("what is the weather?")),
        ],
    ),
}

_QUESTION = [("start", 0, 0), ("stop", 1.25, 0), ("final", 1.3, "hello"), ("audible", 2.0, 0)]
_ANSWERED = [(1.25, Commit()), (1.3, Prepare("hello")), (1.8, Answer("hello", prepared=True))]
OVERLAPS = {
    "words over the reply interrupt it at once": (
        [*_QUESTION, ("start", 4.0, 0), ("partial", 4.3, "stop")],
        [*_ANSWERED, (4.0, Duck()), (4.3, HEARD)],
    ),
    "a cough only lowers the voice": (
        [*_QUESTION, ("start", 4.0, 0), ("stop", 4.5, 0), ("final", 4.6, "")],
        [*_ANSWERED, (4.0, Duck()), (4.5, Commit()), (4.6, Resume())],
    ),
    "assent does not stop the bot, and is no turn of its own": (
        [
            *_QUESTION,
            ("start", 4.0, 0),
            ("partial", 4.2, "Mm-hm,"),
            ("stop", 4.5, 0),
            ("final", 4.6, "Mm-hm, okay."),
            ("done", 7.0, "That is all."),
            ("wait", 20, 0),
        ],
        [*_ANSWERED, (4.0, Duck()), (4.5, Commit()), (4.6, Resume())],
    ),
    "assent at the end of a question answers it": (
        [
            *_QUESTION,
            ("start", 4.0, 0),
            ("partial", 4.2, "okay"),
            ("stop", 4.5, 0),
            ("final", 4.6, "okay"),
            ("done", 5.0, "Shall I go on?"),
            ("wait", 20, 0),
        ],
        [
            *_ANSWERED,
            (4.0, Duck()),
            (4.5, Commit()),
            (4.6, Resume()),
            (5.0, Prepare("okay")),
            (5.05, Answer("okay", prepared=True)),
        ],
    ),
    "speech that goes on without words silences the bot, and a noise lets it go on": (
        [*_QUESTION, ("start", 4.0, 0), ("stop", 6.0, 0), ("wait", 9, 0)],
        [*_ANSWERED, (4.0, Duck()), (4.7, Hold()), (6.0, Commit()), (6.45, Resume())],
    ),
    "words that come late interrupt even then": (
        [
            *_QUESTION,
            ("start", 4.0, 0),
            ("stop", 6.0, 0),
            ("final", 7.0, "never mind"),
            ("wait", 9, 0),
        ],
        [
            *_ANSWERED,
            (4.0, Duck()),
            (4.7, Hold()),
            (6.0, Commit()),
            (6.45, Resume()),
            (7.0, HEARD),
            (7.0, Answer("never mind")),
        ],
    ),
}


@pytest.mark.parametrize(("steps", "expected"), PREPARING.values(), ids=PREPARING.keys())
def test_preparing(steps: list[tuple[str, float, object]], expected: list[tuple[float, Action]]) -> None:
    done = play(TurnTaking(AHEAD), *steps)
    assert [(pytest.approx(at), action) for at, action in done] == expected


@pytest.mark.parametrize(("steps", "expected"), OVERLAPS.values(), ids=OVERLAPS.keys())
def test_overlap(steps: list[tuple[str, float, object]], expected: list[tuple[float, Action]]) -> None:
    done = play(TurnTaking(AHEAD), *steps)
    assert [(pytest.approx(at), action) for at, action in done] == expected


def test_the_eager_prepare_while_the_user_still_seems_to_speak() -> None:
    machine = TurnTaking(replace(AHEAD, prepare="eager"))
    done = play(machine, ("start", 0, 0), ("partial", 0.9, "hello"), ("wait", 1.2, 0))
    assert [(pytest.approx(at), action) for at, action in done] == [(1.2, Prepare("hello"))]


def test_a_budget_limits_what_is_prepared_in_vain() -> None:
    machine = TurnTaking(replace(AHEAD, prepare_budget=1))
    words = [f"word{number}" for number in range(4)]
    done = play(
        machine,
        *(
            step
            for number, word in enumerate(words)
            for step in (
                ("start", number, 0),
                ("stop", number + 0.6, 0),
                ("final", number + 0.65, word),
            )
        ),
        ("wait", 20, 0),
    )
    assert [action for _, action in done if not isinstance(action, Commit)] == [
        Prepare("word0"),
        Discard(),
        Answer("word0 word1 word2 word3"),
    ]


@pytest.mark.parametrize(("steps", "expected"), TABLE.values(), ids=TABLE.keys())
def test_rule(steps: list[tuple[str, float, object]], expected: list[tuple[float, Action]]) -> None:
    done = play(TurnTaking(SERIAL), *steps)
    assert [(pytest.approx(at), action) for at, action in done] == expected


def test_a_bot_that_cannot_be_interrupted_answers_what_was_said_after_it_has_finished() -> None:
    done = play(
        TurnTaking(replace(SERIAL, interruptible=False)),
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
    machine = TurnTaking(SERIAL)
    machine.bot_started()
    done = play(machine, ("start", 0, 0), ("stop", 1.25, 0), ("final", 1.3, "hello"), ("wait", 9, 0))
    assert [action for _, action in done] == [UNHEARD, Commit(), Answer("hello")]


def test_a_recogniser_that_alone_decides_the_end_is_believed() -> None:
    machine = TurnTaking(TurnRules(PatienceBounds(0, 0), prepare="off"))
    machine.speech_started(0.0)
    assert Answer("hello") in machine.final(1.0, Final("hello", ends_speech=True))


def test_the_machine_is_idle_only_when_nothing_is_left_to_answer() -> None:
    machine = TurnTaking(SERIAL)
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
