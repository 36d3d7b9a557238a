"""Turns that a button or a client takes."""

from __future__ import annotations

import pytest

from voicebot.engine.turns.actions import Action, AddMessage, Answer, Commit, Interrupt, Prepare, SpeakAgain
from voicebot.engine.turns.bot_turn import BotSaid
from voicebot.engine.turns.final import Final
from voicebot.engine.turns.rules import TurnRules
from voicebot.engine.turns.turn_taking import TurnTaking

from .scenario import PATIENCE, UNPREPARED, Step

PREPARED = TurnRules(PATIENCE)
MANUAL: Step = ("change", 0, {"detects_speech": False, "answers": False, "interruptible": None})
ON_DEMAND: Step = ("change", 0, {"detects_speech": True, "answers": False, "interruptible": None})
AUTOMATIC = {"detects_speech": True, "answers": True, "interruptible": None}


def play(machine: TurnTaking, *steps: Step) -> list[tuple[float, Action]]:
    """Report each step, and call the machine at its deadlines in between."""
    decisions: list[tuple[float, Action]] = []
    for what, when, argument in steps:
        while machine.deadline is not None and machine.deadline <= when:
            at = machine.deadline
            decisions += [(at, action) for action in machine.tick(at)]
        decisions += [(when, action) for action in _report(machine, what, when, argument)]
    return decisions


def _report(machine: TurnTaking, what: str, now: float, argument: object) -> list[Action]:
    manual = machine.manual
    match what:
        case "change":
            assert isinstance(argument, dict)
            return manual.change(now, **argument)
        case "press":
            return manual.speech_started(now)
        case "release":
            return manual.speech_stopped(now, discard=False)
        case "discard":
            return manual.speech_stopped(now, discard=True)
        case "answer":
            return manual.answer(now, str(argument or ""))
        case "stop reply":
            return manual.stop_reply(now)
        case "add":
            role, _, text = str(argument).partition(": ")
            return manual.add(now, role, text)  # type: ignore[arg-type]  # the table has only valid ones
        case "partial":
            return machine.partial(now, str(argument))
        case "final":
            return machine.final(now, Final(str(argument)))
        case "start":
            return machine.speech_started(now)
        case "stop":
            return machine.speech_stopped(now, now)
        case "audible":
            machine.bot.audible(now)
            return []
        case "done":
            return machine.reply_ended(now, BotSaid(str(argument), PATIENCE))
        case "wait":
            return machine.tick(now)
        case _:
            raise AssertionError(what)


CASES = {
    "what was said between press and release waits for the answer, however long": (
        [MANUAL, ("press", 1, 0), ("release", 2, 0), ("final", 2.1, "hello"), ("answer", 60, 0)],
        [(2, Commit()), (60, Answer("hello"))],
    ),
    "an answer that is asked for waits for the final words, and then for no silence": (
        [MANUAL, ("press", 1, 0), ("release", 2, 0), ("answer", 2, 0), ("final", 2.2, "hello")],
        [(2, Commit()), (2.2, Answer("hello"))],
    ),
    "final words that do not come are waited for as long as always": (
        [
            MANUAL,
            ("press", 1, 0),
            ("partial", 1.5, "hello"),
            ("release", 2, 0),
            ("answer", 2, 0),
            ("wait", 9, 0),
        ],
        [(2, Commit()), (2.6, Answer("hello"))],
    ),
    "several pieces of speech are one turn": (
        [
            MANUAL,
            ("press", 1, 0),
            ("release", 2, 0),
            ("final", 2.1, "hello"),
            ("press", 3, 0),
            ("release", 4, 0),
            ("final", 4.1, "there"),
            ("answer", 5, 0),
        ],
        [(2, Commit()), (4, Commit()), (5, Answer("hello there"))],
    ),
    "discarded speech was not said, even if its words come later": (
        [
            MANUAL,
            ("press", 1, 0),
            ("partial", 1.5, "hel"),
            ("discard", 2, 0),
            ("final", 2.1, "hello"),
            ("press", 3, 0),
            ("release", 4, 0),
            ("final", 4.1, "goodbye"),
            ("answer", 4.2, 0),
        ],
        [(2, Commit()), (4, Commit()), (4.2, Answer("goodbye"))],
    ),
    "if nothing was said, the bot speaks again": (
        [MANUAL, ("answer", 1, "Greet the user.")],
        [(1, SpeakAgain("Greet the user."))],
    ),
    "if nothing was understood, the bot speaks again": (
        [MANUAL, ("press", 1, 0), ("release", 2, 0), ("answer", 2, 0), ("final", 2.2, "")],
        [(2, Commit()), (2.2, SpeakAgain())],
    ),
    "sound without words that is still open does not delay an answer": (
        [MANUAL, ("press", 1, 0), ("answer", 2, 0)],
        [(2, SpeakAgain())],
    ),
    "instructions hold for one answer": (
        [
            MANUAL,
            ("press", 1, 0),
            ("release", 2, 0),
            ("final", 2.1, "hello"),
            ("answer", 3, "Rhyme."),
            ("done", 4, "Hi."),
            ("press", 5, 0),
            ("release", 6, 0),
            ("final", 6.1, "bye"),
            ("answer", 7, 0),
        ],
        [(2, Commit()), (3, Answer("hello", instructions="Rhyme.")), (6, Commit()), (7, Answer("bye"))],
    ),
    "speech between press and release does not interrupt the bot": (
        [
            MANUAL,
            ("answer", 1, 0),
            ("audible", 1.5, 0),
            ("press", 2, 0),
            ("partial", 3, "stop that now"),
            ("release", 4, 0),
            ("final", 4.1, "stop that now"),
            ("done", 6, "Long story."),
        ],
        [(1, SpeakAgain()), (4, Commit())],
    ),
    "an answer that is asked for while the bot speaks replaces the reply": (
        [
            MANUAL,
            ("press", 1, 0),
            ("release", 2, 0),
            ("final", 2.1, "hello"),
            ("answer", 3, 0),
            ("audible", 3.5, 0),
            ("press", 4, 0),
            ("release", 5, 0),
            ("final", 5.1, "no"),
            ("answer", 6, 0),
        ],
        [
            (2, Commit()),
            (3, Answer("hello")),
            (5, Commit()),
            (6, Interrupt(unheard=False)),
            (6, Answer("no")),
        ],
    ),
    "a stopped reply is not given again, though nothing of it was heard": (
        [
            MANUAL,
            ("press", 1, 0),
            ("release", 2, 0),
            ("final", 2.1, "hello"),
            ("answer", 3, 0),
            ("stop reply", 3.1, 0),
            ("wait", 9, 0),
            ("stop reply", 9, 0),
        ],
        [(2, Commit()), (3, Answer("hello")), (3.1, Interrupt(unheard=False))],
    ),
    "detected speech can wait for its answer too": (
        [ON_DEMAND, ("start", 1, 0), ("stop", 2, 0), ("final", 2.1, "hello"), ("answer", 60, 0)],
        [(2, Commit()), (60, Answer("hello"))],
    ),
    "detected speech that goes on is cut short by an answer that is asked for": (
        [("start", 1, 0), ("partial", 1.5, "hello"), ("answer", 2, 0), ("final", 2.2, "hello there")],
        [(2, Commit()), (2.2, Answer("hello there"))],
    ),
    "words that wait are answered after silence once the bot answers by itself again": (
        [MANUAL, ("press", 1, 0), ("release", 2, 0), ("final", 2.1, "hello"), ("change", 10, AUTOMATIC)],
        [(2, Commit()), (10, Answer("hello"))],
    ),
    "speech in progress ends when the way of detecting it changes": (
        [("start", 1, 0), ("change", 2, MANUAL[2]), ("final", 2.1, "hello"), ("answer", 3, 0)],
        [(2, Commit()), (3, Answer("hello"))],
    ),
    "press and release mean nothing where speech is detected": (
        [("press", 1, 0), ("release", 2, 0), ("wait", 9, 0)],
        [],
    ),
    "an added line of the user waits": (
        [("add", 1, "user: hello"), ("wait", 60, 0), ("answer", 60, 0)],
        [(60, Answer("hello"))],
    ),
    "an added line of the user is answered together with speech that follows": (
        [
            ("add", 1, "user: look:"),
            ("start", 2, 0),
            ("stop", 3, 0),
            ("final", 3.1, "what is it"),
            ("wait", 9, 0),
        ],
        [(3, Commit()), (4.6, Answer("look: what is it"))],
    ),
    "an added line of the bot leaves what was said before it unanswered": (
        [
            ("add", 1, "user: hello"),
            ("add", 1, "assistant: hi"),
            ("add", 1, "system: rhyme"),
            ("add", 1, "user: bye"),
            ("answer", 2, 0),
        ],
        [
            (1, AddMessage("user", "hello")),
            (1, AddMessage("assistant", "hi")),
            (1, AddMessage("system", "rhyme")),
            (2, Answer("bye")),
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_turns_are_taken_by_hand(case: str) -> None:
    steps, expected = CASES[case]

    decisions = play(TurnTaking(UNPREPARED), *steps)

    asked = [(when, action) for when, action in decisions if type(action).__name__ != "AskTurnDetector"]
    assert [(round(when, 3), action) for when, action in asked] == expected


def test_nothing_is_prepared_while_a_turn_waits() -> None:
    decisions = play(
        TurnTaking(PREPARED),
        MANUAL,
        ("press", 1, 0),
        ("release", 2, 0),
        ("final", 2.1, "hello"),
        ("wait", 9, 0),
    )

    assert not any(isinstance(action, Prepare) for _, action in decisions)


def test_the_config_decides_about_interruptions_unless_it_is_told_otherwise() -> None:
    machine = TurnTaking(UNPREPARED)
    given = [None, False, True, None]

    allowed = []
    for interruptible in given:
        machine.manual.change(0, detects_speech=True, answers=True, interruptible=interruptible)
        allowed.append(machine.bot.is_interruptible)

    assert allowed == [True, False, True, True]
