"""Replies that are prepared in silence: when they are begun, discarded and played."""

from __future__ import annotations

from dataclasses import replace

import pytest

from voicebot.engine.turns.actions import Answer, AskTurnDetector, Commit, Correct, Discard, Prepare
from voicebot.engine.turns.rules import TurnRules
from voicebot.engine.turns.turn_taking import TurnTaking

from .scenario import PATIENCE, UNHEARD, Decisions, Step, play

RULES = TurnRules(PATIENCE, reply_time=0.5)
HANG_OVER = 0.25


def wait(question: AskTurnDetector) -> float:
    """Wait long for words that cannot end a sentence, and not for a question."""
    return {"the": 1.6, "is": 1.6, "weather?": 0.3}.get(question.text.split()[-1], 0.8)


CASES = {
    "the reply is prepared in the pause and played when patience ends": (
        [
            ("start", 0, 0),
            ("partial", 0.9, "hello"),
            ("stop", 1.25, 0),
            ("final", 1.4, "Hello."),
            ("wait", 9, 0),
        ],
        [(1.25, Commit()), (1.3, Prepare("hello")), (1.8, Answer("Hello.", prepared=True))],
    ),
    "no reply is prepared while the words still change": (
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
    "a word that came during the pause is the last, and the reply is prepared at once": (
        [("start", 0, 0), ("partial", 1.15, "the weather?"), ("stop", 1.25, 0), ("wait", 1.4, 0)],
        [(1.25, Commit()), (1.27, Prepare("the weather?"))],
    ),
    "where words come late, the last is waited for before a reply is prepared": (
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
    "after each discarded reply, the pause must last longer for the next": (
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
    "no reply is prepared sooner than it is needed": (
        [("start", 0, 0), ("partial", 0.9, "what is the"), ("stop", 1.25, 0), ("wait", 9, 0)],
        [(1.25, Commit()), (2.1, Prepare("what is the")), (2.6, Answer("what is the", prepared=True))],
    ),
    "a user who goes on has the reply discarded unheard": (
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
    "a cough in the pause does not discard the reply": (
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


@pytest.mark.parametrize(("steps", "expected"), CASES.values(), ids=CASES.keys())
def test_preparing_a_reply(steps: list[Step], expected: Decisions) -> None:
    done = play(TurnTaking(RULES), *steps, wait=wait, hang_over=HANG_OVER)
    assert [(pytest.approx(at), action) for at, action in done] == expected


def test_an_eager_bot_prepares_while_the_user_still_seems_to_speak() -> None:
    machine = TurnTaking(replace(RULES, prepare="eager"))
    done = play(
        machine, ("start", 0, 0), ("partial", 0.9, "hello"), ("wait", 1.2, 0), wait=wait, hang_over=HANG_OVER
    )
    assert [(pytest.approx(at), action) for at, action in done] == [(1.2, Prepare("hello"))]


def test_the_budget_limits_how_many_replies_are_discarded() -> None:
    machine = TurnTaking(replace(RULES, prepare_budget=1))
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


def test_a_reply_is_prepared_earlier_once_replies_have_taken_longer_than_expected() -> None:
    machine = TurnTaking(RULES)
    machine.reply_took(1.5)  # half a second was expected, so that a second is now
    question = [("start", 0, 0), ("stop", 1.25, 0), ("final", 1.4, "what is the"), ("wait", 9, 0)]
    done = play(machine, *question, wait=wait, hang_over=HANG_OVER)
    assert (pytest.approx(1.6), Prepare("what is the")) in done


def question(start: float) -> list[Step]:
    """A question whose words are complete when it ends."""
    return [("start", start, 0), ("partial", start + 0.9, "the weather?"), ("pausing", start + 1.0, 0)]


def used_to_complete_words(rules: TurnRules) -> TurnTaking:
    """Return a machine that has seen three questions whose finals had no more words than their partials."""
    machine = TurnTaking(rules)
    for start in (0, 10, 20):
        end = [("stop", start + 1.25, 0), ("final", start + 1.3, "the weather?"), ("wait", start + 5, 0)]
        play(machine, *question(start), *end, ("done", start + 6, ""), wait=wait, hang_over=HANG_OVER)
    return machine


def test_if_words_come_without_delay_a_reply_is_prepared_as_soon_as_silence_begins() -> None:
    machine = used_to_complete_words(RULES)
    done = play(machine, *question(30), ("stop", 31.25, 0), wait=wait, hang_over=HANG_OVER)
    assert done == [(31.0, Prepare("the weather?")), (31.25, Commit())]


def went_on_after_a_prepared_reply() -> TurnTaking:
    """Return a machine that is used to complete words, and has prepared a reply in vain."""
    machine = used_to_complete_words(RULES)
    end = [("partial", 31.6, "the weather? now"), ("stop", 32.25, 0), ("final", 32.3, "the weather? now")]
    done = play(
        machine,
        *[*question(30), ("resumed", 31.2, 0), *end, ("wait", 35, 0), ("done", 36, "")],
        wait=wait,
        hang_over=HANG_OVER,
    )
    assert Discard() in [action for _, action in done]
    return machine


def test_once_a_reply_was_prepared_in_vain_a_silent_frame_within_a_word_is_no_pause() -> None:
    machine, questions = went_on_after_a_prepared_reply(), []

    def recorded(question: AskTurnDetector) -> float:
        questions.append(question)
        return wait(question)

    done = play(machine, *question(40), ("resumed", 41.03, 0), ("wait", 41.5, 0), wait=recorded)
    assert (done, questions) == ([], [])


def test_once_a_reply_was_prepared_in_vain_another_is_prepared_after_a_tenth_of_a_second_of_silence() -> None:
    machine = went_on_after_a_prepared_reply()
    done = play(machine, *question(40), ("stop", 41.25, 0), wait=wait, hang_over=HANG_OVER)
    assert done == [(pytest.approx(41.1), Prepare("the weather?")), (41.25, Commit())]


def test_the_turn_detector_is_not_asked_in_short_silences_once_the_budget_is_used_up() -> None:
    machine, questions = used_to_complete_words(replace(RULES, prepare_budget=0)), []

    def recorded(question: AskTurnDetector) -> float:
        questions.append(question)
        return wait(question)

    play(machine, *question(30), ("wait", 31.2, 0), wait=recorded)
    assert questions == []


def test_if_words_may_be_missing_no_reply_is_prepared_before_the_pause_is_certain() -> None:
    done = play(TurnTaking(RULES), *question(0), ("resumed", 1.2, 0), ("wait", 1.9, 0), wait=wait)
    assert done == []


class Heard:
    """A turn detector that listens: it gives the next of some waits, the last for ever; None is no answer."""

    def __init__(self, *waits: float | None) -> None:
        self.silences: list[float] = []
        """The seconds of silence in each question."""
        self._waits = list(waits)

    def __call__(self, question: AskTurnDetector) -> float | None:
        self.silences.append(round(question.silence, 3))
        return self._waits.pop(0) if len(self._waits) > 1 else self._waits[0]


LISTENING = replace(RULES, listens=True)


def test_a_turn_detector_that_listens_is_asked_again_when_the_pause_is_certain() -> None:
    machine, heard = used_to_complete_words(LISTENING), Heard(0.3)
    done = play(machine, *question(30), ("stop", 31.25, 0), wait=heard, hang_over=HANG_OVER)
    assert done == [(31.0, Prepare("the weather?")), (31.25, Commit())]
    assert heard.silences == [0.0, 0.25]


@pytest.mark.parametrize(("at_the_pause", "answered"), [(1.2, 32.2), (0.3, 31.3), (None, 32.6)])
def test_what_it_says_before_the_pause_is_certain_lets_no_reply_out(
    at_the_pause: float | None, answered: float
) -> None:
    machine, heard = used_to_complete_words(LISTENING), Heard(0.3, at_the_pause)
    end = [("stop", 31.25, 0), ("final", 31.3, "the weather?"), ("wait", 40, 0)]
    done = play(machine, *question(30), *end, wait=heard, hang_over=HANG_OVER)
    assert [action for _, action in done][:2] == [Prepare("the weather?"), Commit()]
    assert done[-1] == (pytest.approx(answered), Answer("the weather?", prepared=True))


def test_it_is_asked_anew_in_each_silence_although_the_words_are_the_same() -> None:
    machine, heard = used_to_complete_words(LISTENING), Heard(1.6)
    again = [("resumed", 31.1, 0), ("pausing", 31.4, 0), ("wait", 31.5, 0)]
    assert play(machine, *question(30), *again, wait=heard) == []
    assert heard.silences == [0.0, 0.0]


def test_what_it_says_of_a_silence_that_is_over_prepares_no_reply() -> None:
    machine = used_to_complete_words(LISTENING)
    play(machine, *question(30), ("resumed", 31.1, 0), wait=Heard(None))
    assert machine.turn_detected(31.11, 0.3) == []
    assert play(machine, ("pausing", 31.4, 0), ("wait", 31.6, 0), wait=Heard(None)) == []


def test_three_pauses_in_a_row_must_have_had_complete_words() -> None:
    machine = TurnTaking(RULES)
    for start, added in ((0, ""), (10, "today"), (20, ""), (30, "today"), (40, "")):
        end = [("stop", start + 1.25, 0), ("final", start + 1.3, f"the weather? {added}")]
        play(
            machine,
            *[*question(start), *end, ("wait", start + 5, 0), ("done", start + 6, "")],
            wait=wait,
            hang_over=HANG_OVER,
        )
    assert play(machine, *question(50), ("wait", 51.2, 0), wait=wait, hang_over=HANG_OVER) == []


def test_a_reply_discarded_for_a_word_in_its_silence_ends_the_preparing_before_the_pause_is_certain() -> None:
    machine = used_to_complete_words(RULES)
    more = [("wait", 31.15, 0), ("partial", 31.15, "the weather? now"), ("resumed", 31.2, 0)]
    end = [
        ("partial", 31.6, "the weather? now please"),
        ("stop", 32.25, 0),
        ("final", 32.3, "the weather? now please"),
    ]
    done = play(machine, *question(30), *more, *end, ("wait", 35, 0), ("done", 36, ""), wait=wait)
    assert Discard() in [action for _, action in done]
    assert play(machine, *question(40), ("wait", 41.2, 0), wait=wait, hang_over=HANG_OVER) == []


def test_coughs_after_words_do_not_show_that_words_come_without_delay() -> None:
    machine = TurnTaking(RULES)
    coughs = [
        step
        for at in (1.6, 2.1, 2.6)
        for step in (("start", at, 0), ("stop", at + 0.3, 0), ("final", at + 0.35, ""))
    ]
    late = [("stop", 1.25, 0), ("partial", 1.4, "the weather? now"), ("final", 1.5, "the weather? now")]
    play(
        machine, *question(0), *late, *coughs, ("wait", 9, 0), ("done", 9, ""), wait=wait, hang_over=HANG_OVER
    )
    assert play(machine, *question(10), ("wait", 11.2, 0), wait=wait, hang_over=HANG_OVER) == []


def test_a_final_that_adds_words_to_an_answered_turn_ends_the_preparing_before_the_pause_is_certain() -> None:
    machine = used_to_complete_words(RULES)
    late = [("stop", 31.25, 0), ("audible", 32.0, 0), ("final", 33.0, "the weather? today"), ("done", 36, "")]
    done = play(machine, *question(30), *late, wait=wait, hang_over=HANG_OVER)
    assert done[-1] == (33.0, Correct("the weather? today"))
    assert play(machine, *question(40), ("wait", 41.2, 0), wait=wait, hang_over=HANG_OVER) == []


def test_a_single_word_that_comes_late_ends_the_preparing_before_the_pause_is_certain() -> None:
    machine = used_to_complete_words(RULES)
    late = [("stop", 31.25, 0), ("partial", 31.4, "the weather? now"), ("final", 31.5, "the weather? now")]
    play(machine, *question(30), *late, ("wait", 35, 0), ("done", 36, ""), wait=wait, hang_over=HANG_OVER)
    assert play(machine, *question(40), wait=wait, hang_over=HANG_OVER) == []
