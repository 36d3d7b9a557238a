"""Turns whose ends the user marks, such as by push-to-talk."""

from __future__ import annotations

import pytest

from voicebot.engine.turns.actions import Answer, Commit
from voicebot.engine.turns.turn_taking import TurnTaking

from .scenario import HEARD, UNPREPARED, Decisions, Step, play

BY_USER: Step = ("marked by user", 0, True)
SAID: list[Step] = [("start", 0, 0), ("stop", 1.2, 0), ("final", 1.3, "what time is it")]

CASES: dict[str, tuple[list[Step], Decisions]] = {
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
    "no silence ends a turn that the user marks": (
        [BY_USER, *SAID, ("wait", 60, 0), ("finished", 61, 0)],
        [(1.2, Commit()), (61, Answer("what time is it"))],
    ),
    "several stretches of speech are one turn until the user marks its end": (
        [
            BY_USER,
            *SAID,
            ("start", 20, 0),
            ("stop", 21, 0),
            ("final", 21.1, "in paris"),
            ("finished", 21.2, 0),
        ],
        [(1.2, Commit()), (21, Commit()), (21.2, Answer("what time is it in paris"))],
    ),
    "silence ends turns again when the user marks them no longer": (
        [BY_USER, *SAID, ("marked by user", 5, False), ("wait", 9, 0)],
        [(1.2, Commit()), (5, Answer("what time is it"))],
    ),
    "speech does not interrupt the bot while the user marks turns": (
        [
            BY_USER,
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
            BY_USER,
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


@pytest.mark.parametrize(("steps", "decisions"), CASES.values(), ids=CASES.keys())
def test_the_user_marks_turns(steps: list[Step], decisions: Decisions) -> None:
    done = play(TurnTaking(UNPREPARED), *steps)
    assert [(pytest.approx(at), action) for at, action in done] == decisions
