"""Turns that a button or a client takes."""

from __future__ import annotations

import pytest

from voicebot.engine.turns.actions import AddMessage, Answer, Commit, Prepare, SpeakAgain
from voicebot.engine.turns.rules import TurnRules
from voicebot.engine.turns.turn_taking import TurnTaking

from .scenario import HEARD, PATIENCE, UNPREPARED, Decisions, Step, play

PREPARED = TurnRules(PATIENCE)
MANUAL: Step = ("change", 0, {"detects_speech": False, "answers": False, "interruptible": None})
ON_DEMAND: Step = ("change", 0, {"detects_speech": True, "answers": False, "interruptible": None})
AUTOMATIC = {"detects_speech": True, "answers": True, "interruptible": None}


ON_DEMAND_WITHOUT_BARGE_IN: Step = (
    "change",
    0,
    {"detects_speech": True, "answers": False, "interruptible": False},
)
SAID: list[Step] = [("start", 0, 0), ("stop", 1.2, 0), ("final", 1.3, "what time is it")]

CASES: dict[str, tuple[list[Step], Decisions]] = {
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
            (6, HEARD),
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
            ("stopped", 3.1, 0),
            ("wait", 9, 0),
            ("stopped", 9, 0),
        ],
        [(2, Commit()), (3, Answer("hello")), (3.1, HEARD)],
    ),
    "an answer that was asked for can be called off before its words are complete": (
        [
            MANUAL,
            ("press", 1, 0),
            ("release", 2, 0),
            ("answer", 2, 0),
            ("stopped", 2.1, 0),
            ("final", 2.2, "hello"),
            ("wait", 9, 0),
            ("answer", 9, 0),
        ],
        [(2, Commit()), (9, Answer("hello"))],
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
        [(3, Commit()), (3.8, Answer("look: what is it"))],
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
    "a turn that the user finishes is answered without patience": (
        [*SAID, ("finished", 1.4, 0), ("wait", 9, 0)],
        [(1.2, Commit()), (1.4, Answer("what time is it"))],
    ),
    "what is being said when the user finishes is waited for": (
        [("start", 0, 0), ("finished", 1.0, 0), ("final", 1.3, "hello"), ("wait", 9, 0)],
        [(1.0, Commit()), (1.3, Answer("hello"))],
    ),
    "a final that does not come after the user has finished is replaced by the partial": (
        [("start", 0, 0), ("partial", 0.9, "hello"), ("finished", 1.0, 0), ("wait", 9, 0)],
        [(1.0, Commit()), (1.6, Answer("hello"))],
    ),
    "the report of the silence after the user has finished changes nothing": (
        [("start", 0, 0), ("finished", 1.0, 0), ("stop", 1.2, 0), ("final", 1.3, "hello"), ("wait", 9, 0)],
        [(1.0, Commit()), (1.3, Answer("hello"))],
    ),
    "to finish without a word is no turn, and the next one ends by silence again": (
        [("finished", 0, 0), ("start", 1, 0), ("stop", 2, 0), ("final", 2.1, "hello"), ("wait", 9, 0)],
        [(2, Commit()), (2.8, Answer("hello"))],
    ),
    "to finish after a sound without words leaves the next turn its patience": (
        [
            ("start", 0, 0),
            ("finished", 1, 0),
            ("final", 1.1, ""),
            ("start", 2, 0),
            ("stop", 3, 0),
            ("final", 3.1, "hello"),
            ("wait", 9, 0),
        ],
        [(1, Commit()), (3, Commit()), (3.8, Answer("hello"))],
    ),
    "no silence ends a turn that the client marks": (
        [ON_DEMAND_WITHOUT_BARGE_IN, *SAID, ("wait", 60, 0), ("finished", 61, 0)],
        [(1.2, Commit()), (61, Answer("what time is it"))],
    ),
    "several stretches of speech are one turn until the client marks its end": (
        [
            ON_DEMAND_WITHOUT_BARGE_IN,
            *SAID,
            ("start", 20, 0),
            ("stop", 21, 0),
            ("final", 21.1, "in paris"),
            ("finished", 21.2, 0),
        ],
        [(1.2, Commit()), (21, Commit()), (21.2, Answer("what time is it in paris"))],
    ),
    "silence ends turns again when the client marks them no longer": (
        [ON_DEMAND_WITHOUT_BARGE_IN, *SAID, ("change", 5, AUTOMATIC), ("wait", 9, 0)],
        [(1.2, Commit()), (5, Answer("what time is it"))],
    ),
    "speech does not interrupt the bot while the client marks turns": (
        [
            ON_DEMAND_WITHOUT_BARGE_IN,
            *SAID,
            ("finished", 2, 0),
            ("audible", 2.5, 0),
            ("start", 4, 0),
            ("partial", 5, "and in paris"),
            ("stop", 6, 0),
            ("final", 6.1, "and in paris"),
            ("done", 8, "It is noon."),
            ("wait", 20, 0),
        ],
        [(1.2, Commit()), (2, Answer("what time is it")), (6, Commit())],
    ),
    "a turn that the user finishes over the bot interrupts it": (
        [
            ON_DEMAND_WITHOUT_BARGE_IN,
            *SAID,
            ("finished", 2, 0),
            ("audible", 2.5, 0),
            ("start", 4, 0),
            ("stop", 6, 0),
            ("final", 6.1, "okay"),
            ("finished", 6.2, 0),
        ],
        [(1.2, Commit()), (2, Answer("what time is it")), (6, Commit()), (6.2, HEARD), (6.2, Answer("okay"))],
    ),
    "a bot that the user stops does not answer the same words again": (
        [*SAID, ("finished", 2, 0), ("stopped", 2.1, 0), ("wait", 9, 0)],
        [(1.2, Commit()), (2, Answer("what time is it")), (2.1, HEARD)],
    ),
    "to stop a bot that says nothing does nothing": (
        [("stopped", 0, 0), ("wait", 9, 0)],
        [],
    ),
    "words that the user takes back are not answered": (
        [*SAID, ("discarded", 1.4, 0), ("wait", 9, 0)],
        [(1.2, Commit())],
    ),
    "words that come after they were taken back are not answered": (
        [
            ("start", 0, 0),
            ("partial", 1, "never"),
            ("discarded", 1.1, 0),
            ("final", 1.5, "never mind"),
            ("stop", 1.6, 0),
            ("final", 1.7, ""),
            ("wait", 9, 0),
        ],
        [(1.1, Commit()), (1.6, Commit())],
    ),
    "what is said after words were taken back is answered": (
        [
            *SAID,
            ("discarded", 1.4, 0),
            ("start", 2, 0),
            ("stop", 3, 0),
            ("final", 3.1, "hello"),
            ("wait", 9, 0),
        ],
        [(1.2, Commit()), (3, Commit()), (3.8, Answer("hello"))],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_turns_are_taken_by_hand(case: str) -> None:
    steps, expected = CASES[case]

    decisions = play(TurnTaking(UNPREPARED), *steps)

    assert [(pytest.approx(when), action) for when, action in decisions] == expected


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
