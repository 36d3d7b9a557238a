"""Speech over the bot: interruptions, backchannels and noise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from voicebot.engine.turns.actions import Answer, Commit, Discard, Duck, Hold, Interrupt, Prepare, Resume
from voicebot.engine.turns.rules import TurnRules
from voicebot.engine.turns.turn_taking import TurnTaking

from .scenario import HEARD, PATIENCE, Decisions, Step, play

RULES = TurnRules(PATIENCE, reply_time=0.5)
HANG_OVER = 0.25


_QUESTION = [("start", 0, 0), ("stop", 1.25, 0), ("final", 1.3, "hello"), ("audible", 2.0, 0)]
_ANSWERED = [(1.25, Commit()), (1.3, Prepare("hello")), (1.8, Answer("hello", prepared=True))]
CASES = {
    "words over the reply interrupt it at once": (
        [*_QUESTION, ("start", 4.0, 0), ("partial", 4.3, "stop")],
        [*_ANSWERED, (4.0, Duck()), (4.3, HEARD)],
    ),
    "a cough only ducks the reply": (
        [*_QUESTION, ("start", 4.0, 0), ("stop", 4.5, 0), ("final", 4.6, "")],
        [*_ANSWERED, (4.0, Duck()), (4.5, Commit()), (4.6, Resume())],
    ),
    "a backchannel does not stop the bot and is not a turn of its own": (
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
    "a backchannel at the end of a question answers it": (
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
    "a backchannel long before the end of a question does not answer it": (
        [
            *_QUESTION,
            ("start", 4.0, 0),
            ("stop", 4.5, 0),
            ("final", 4.6, "okay"),
            ("done", 6.0, "Shall I go on?"),
            ("wait", 20, 0),
        ],
        [*_ANSWERED, (4.0, Duck()), (4.5, Commit()), (4.6, Resume())],
    ),
    "a backchannel that is recognised after the reply has ended is not a turn": (
        [
            *_QUESTION,
            ("start", 4.0, 0),
            ("stop", 4.5, 0),
            ("done", 4.55, "That is all."),
            ("final", 4.6, "okay"),
            ("wait", 20, 0),
        ],
        [*_ANSWERED, (4.0, Duck()), (4.5, Commit())],
    ),
    "a backchannel whose late final says more is answered": (
        [
            *_QUESTION,
            ("start", 4.0, 0),
            ("partial", 4.2, "okay"),
            ("stop", 4.5, 0),
            ("done", 5.5, "That is all."),
            ("final", 6.0, "okay but what about me"),
        ],
        [
            *_ANSWERED,
            (4.0, Duck()),
            (4.5, Commit()),
            (4.95, Resume()),
            (6.0, Answer("okay but what about me")),
        ],
    ),
    "speech that goes on without words holds the reply, and noise resumes it": (
        [*_QUESTION, ("start", 4.0, 0), ("stop", 6.0, 0), ("wait", 9, 0)],
        [*_ANSWERED, (4.0, Duck()), (4.7, Hold()), (6.0, Commit()), (6.45, Resume())],
    ),
    "words that come late interrupt the resumed reply": (
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


@pytest.mark.parametrize(("steps", "expected"), CASES.values(), ids=CASES.keys())
def test_speech_over_the_bot(steps: list[Step], expected: Decisions) -> None:
    done = play(TurnTaking(RULES), *steps, hang_over=HANG_OVER)
    assert [(pytest.approx(at), action) for at, action in done] == expected


def test_a_backchannel_over_the_end_of_a_reply_is_not_answered_if_its_final_never_comes() -> None:
    end = [("partial", 4.2, "okay"), ("done", 4.3, "That is all."), ("stop", 4.75, 0), ("wait", 9, 0)]
    done = play(
        TurnTaking(RULES),
        *[*_QUESTION, ("start", 4.0, 0), *end],
        wait=lambda question: PATIENCE.latest if question.text == "okay" else 0.8,
        hang_over=HANG_OVER,
    )
    assert [action for _, action in done][-3:] == [Commit(), Prepare("okay"), Discard()]


def test_a_bot_that_cannot_be_interrupted_answers_what_was_said_after_it_has_finished() -> None:
    done = play(
        TurnTaking(replace(RULES, interruptible=False)),
        ("start", 0, 0),
        ("stop", 1.25, 0),
        ("final", 1.4, "hello"),
        ("audible", 2, 0),
        ("start", 3, 0),
        ("stop", 4.25, 0),
        ("final", 4.4, "wait"),
        ("done", 9, 0),
        hang_over=HANG_OVER,
    )
    assert done[-1] == (9, Answer("wait"))
    assert not any(isinstance(action, Interrupt) for _, action in done)
