"""How complete words are, and how long the silence after them must last."""

from __future__ import annotations

import asyncio

import pytest

from voicebot import TurnSoFar
from voicebot_turns.rules import Completeness, judge
from voicebot_turns.silence import SilenceDetector, SilenceOptions
from voicebot_turns.transcript import TranscriptDetector, TranscriptOptions, usual

OPEN, PART, UNCLEAR, STATEMENT = (
    Completeness.OPEN,
    Completeness.PART,
    Completeness.UNCLEAR,
    Completeness.STATEMENT,
)
SENTENCE, QUESTION, CLOSED = Completeness.SENTENCE, Completeness.QUESTION, Completeness.CLOSED

TABLE = [
    ("en", "", OPEN),
    ("en", "please book a table for", OPEN),
    ("en", "so I talked to my", OPEN),
    ("en", "I bought bread and", OPEN),
    ("en", "the thing is um", OPEN),
    ("en", "I thought that...", OPEN),
    ("en", "first the red one,", OPEN),
    ("en", "I am going to", OPEN),
    ("en", "I want", OPEN),
    ("en", "He gave it to the.", OPEN),  # a recogniser writes full stops where it hears silence
    ("en", "switch it on", UNCLEAR),
    ("en", "I like that", UNCLEAR),
    ("en", "Helsinki", PART),
    ("en", "under the bridge", PART),
    ("en", "when I was young", OPEN),
    ("en", "when I was young we had no telephone at all", STATEMENT),
    ("en", "when is the last bus", QUESTION),
    ("en", "call me before you", OPEN),
    ("en", "it was a very cold", OPEN),
    ("en", "it was very cold", STATEMENT),
    ("en", "we found an uh old", OPEN),
    ("en", "the one with the you know", OPEN),
    ("en", "hold on", OPEN),
    ("en", "how far is it from", OPEN),
    ("en", "where do you come from", QUESTION),
    ("en", "the boat was too expensive", STATEMENT),
    ("en", "he wrote it very well", STATEMENT),
    ("en", "I would like an old", OPEN),
    ("en", "give me the red", OPEN),
    ("en", "give me the red one", STATEMENT),
    ("en", "she opened her brother's", OPEN),
    ("en", "call me if you", OPEN),
    ("en", "can you", OPEN),
    ("en", "please remove", OPEN),
    ("en", "tell me what you mean", STATEMENT),
    ("en", "how much do you", OPEN),
    ("en", "how much do you need", QUESTION),
    ("en", "what are you looking at", QUESTION),
    ("en", "what color is", OPEN),
    ("en", "what color is it", QUESTION),
    ("en", "can you tell me what color it is", QUESTION),
    ("en", "Let's go", CLOSED),
    ("en", "we moved here in spring", STATEMENT),
    ("en", "We moved here in spring.", SENTENCE),
    ("en", "what is it for", QUESTION),
    ("en", "how old are you", QUESTION),
    ("en", "have you ever seen snow", QUESTION),
    ("en", "You have a dog?", QUESTION),
    ("en", "Okay.", CLOSED),
    ("en", "bring me the bill please", CLOSED),
    ("en", "no thank you", CLOSED),
    ("de", "ich suche eine", OPEN),
    ("de", "das war weil", OPEN),
    ("de", "also ähm", OPEN),
    ("de", "mach die Lampe an", UNCLEAR),
    ("de", "ruf mich an wenn du", OPEN),
    ("de", "nach dem Essen", PART),
    ("de", "Moment mal", OPEN),
    ("fr", "attendez", OPEN),
    ("es", "un segundo", OPEN),
    ("de", "wo liegt eigentlich Bremen", QUESTION),
    ("de", "einen Kaffee mit Milch bitte", CLOSED),
    ("de", "vielen Dank", CLOSED),
    ("fr", "je cherche une", OPEN),
    ("fr", "c'est parce que", OPEN),
    ("fr", "où habite votre sœur", QUESTION),
    ("fr", "une table pour deux s'il vous plaît", CLOSED),
    ("es", "busco una", OPEN),
    ("es", "voy a", OPEN),
    ("es", "dónde vive tu hermana", QUESTION),
    ("es", "la cuenta por favor", CLOSED),
    ("fi", "minä asun Turussa", STATEMENT),
    ("zh-CN", "\u4f60\u597d\u3002", SENTENCE),
    ("ja", "\u4eca\u65e5\u306f\u3001", OPEN),
    ("ar", "\u0643\u064a\u0641 \u062d\u0627\u0644\u0643\u061f", QUESTION),
    ("en", "\U0001f600", OPEN),
    ("hi", "हिन्दी में", PART),
    ("hi", "मुझे हिन्दी में", STATEMENT),
    ("de", "ich möchte u\u0308ber", judge("ich möchte über", "de")),
    ("en", "who\u02bcs", OPEN),
]


@pytest.mark.parametrize(("language", "text", "expected"), TABLE)
def test_words_tell_how_complete_they_are(language: str, text: str, expected: Completeness) -> None:
    assert judge(text, language) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("it is four one five", OPEN),
        ("it is 415", OPEN),
        ("415 555 26 71", STATEMENT),
        ("four one five five five two six seven", STATEMENT),
        ("I have none to give you", STATEMENT),
    ],
)
def test_a_phone_number_in_progress_is_waited_for(text: str, expected: Completeness) -> None:
    assert judge(text, "en-US", "What is your phone number?") is expected


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("it was the ninth of August", "What is your date of birth?", OPEN),
        ("the ninth of August nineteen seventy", "What is your date of birth?", STATEMENT),
        ("9 August 1970", "When were you born?", STATEMENT),
        ("forty-two", "Your address, please?", OPEN),
        ("forty-two Harbour Street in", "Your address, please?", OPEN),
        ("forty-two Harbour Street in Cork", "Your address, please?", STATEMENT),
    ],
)
def test_a_date_and_an_address_in_progress_are_waited_for(
    text: str, asked: str, expected: Completeness
) -> None:
    assert judge(text, "en-US", asked) is expected


@pytest.mark.parametrize(
    ("text", "part"), [("Helsinki", PART), ("at the station", PART), ("because I was late", OPEN)]
)
def test_part_of_a_sentence_is_the_whole_answer_to_a_question(text: str, part: Completeness) -> None:
    assert judge(text, "en-US", "I see.") is part
    assert judge(text, "en-US", "I see. Where, and why?") is STATEMENT


def test_a_clause_answers_when_and_why_alone() -> None:
    assert judge("when it rains", "en-US", "When do you ride the bus?") is STATEMENT
    assert judge("when it rains", "en-US", "How can I help?") is OPEN


def test_digits_that_nobody_asked_for_are_words_like_others() -> None:
    assert judge("I have two", "en-US", "How many cats do you have?") is not OPEN


def wait(text: str, *, settled: bool = True, pauses: tuple[float, ...] = ()) -> float:
    turn = TurnSoFar(text, settled, "en-US", earliest=0.3, latest=1.6, pauses=pauses)
    return asyncio.run(TranscriptDetector(TranscriptOptions()).wait(turn))


def test_the_more_complete_the_words_the_shorter_the_wait() -> None:
    texts = ["thank you", "how old are you", "we moved here in spring", "switch it on", "Helsinki", "and"]
    waits = [wait(text) for text in texts]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (0.3, 1.6)


def test_words_that_may_change_are_waited_for_a_little_longer() -> None:
    assert wait("how old are you") < wait("how old are you", settled=False) <= 1.6


def test_a_user_who_pauses_for_long_is_given_time_unless_the_words_are_complete() -> None:
    slow = (1.0, 1.1, 0.9)
    assert wait("we moved here in spring", pauses=slow) == pytest.approx(1.2)
    assert wait("how old are you", pauses=slow) == wait("how old are you")
    assert wait("we moved here in spring", pauses=(9.0, 9.0)) == 1.6


def test_one_long_pause_is_no_habit() -> None:
    assert usual((3.0,)) == 0.0
    assert usual((0.4, 0.6)) == pytest.approx(0.5)
    assert usual((9.0, 0.4, 0.4, 0.5, 0.6, 0.7)) == 0.5  # the latest five


def test_ten_minutes_of_words_are_judged_by_their_end() -> None:
    assert judge("word " * 2000 + "and", "en-US") is OPEN


def test_silence_is_always_as_long() -> None:
    detector = SilenceDetector(SilenceOptions(seconds=0.5))
    turn = TurnSoFar("and", settled=True, language="en-US", earliest=0.3, latest=1.6)
    assert asyncio.run(detector.wait(turn)) == 0.5


def test_a_part_of_a_sentence_answers_a_question_of_any_script() -> None:
    assert judge("在家", "zh", asked="你在哪里\uff1f") is STATEMENT
    assert judge("在家", "zh", asked="你在家。") is PART
