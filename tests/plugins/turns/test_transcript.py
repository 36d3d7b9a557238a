"""How complete words are, and how long the silence after them must last."""

from __future__ import annotations

import asyncio

import pytest

from voicebot import TurnSoFar
from voicebot_turns.completeness import Completeness, completeness
from voicebot_turns.silence import SilenceDetector, SilenceOptions
from voicebot_turns.transcript import TranscriptDetector, TranscriptOptions, usual_pause

COMPLETE, QUESTION, SENTENCE = Completeness.COMPLETE, Completeness.QUESTION, Completeness.SENTENCE
STATEMENT, AMBIGUOUS = Completeness.STATEMENT, Completeness.AMBIGUOUS
FRAGMENT, INCOMPLETE = Completeness.FRAGMENT, Completeness.INCOMPLETE
LIKELY_INCOMPLETE = Completeness.LIKELY_INCOMPLETE

TABLE = [
    ("en", "", INCOMPLETE),
    ("en", "please book a table for", INCOMPLETE),
    ("en", "so I talked to my", INCOMPLETE),
    ("en", "I bought bread and", INCOMPLETE),
    ("en", "the thing is um", INCOMPLETE),
    ("en", "I thought that...", INCOMPLETE),
    ("en", "first the red one,", INCOMPLETE),
    ("en", "I am going to", INCOMPLETE),
    ("en", "I want", INCOMPLETE),
    ("en", "how", INCOMPLETE),
    ("en", "He gave it to the.", INCOMPLETE),  # a recogniser writes full stops where it hears silence
    ("en", "switch it on", AMBIGUOUS),
    ("en", "I like that", AMBIGUOUS),
    ("en", "Helsinki", FRAGMENT),
    ("en", "under the bridge", FRAGMENT),
    ("en", "when I was young", INCOMPLETE),
    ("en", "when I was young we had no telephone at all", STATEMENT),
    ("en", "when is the last bus", QUESTION),
    ("en", "call me before you", INCOMPLETE),
    ("en", "it was a very cold", LIKELY_INCOMPLETE),
    ("en", "it was very cold", STATEMENT),
    ("en", "we found an uh old", LIKELY_INCOMPLETE),
    ("en", "the one with the you know", INCOMPLETE),
    ("en", "hold on", INCOMPLETE),
    ("en", "how far is it from", INCOMPLETE),
    ("en", "where do you come from", QUESTION),
    ("en", "the boat was too expensive", STATEMENT),
    ("en", "he wrote it very well", STATEMENT),
    ("en", "I would like an old", LIKELY_INCOMPLETE),
    ("en", "give me the red", LIKELY_INCOMPLETE),
    ("en", "give me the red one", STATEMENT),
    ("en", "put it on my bad", LIKELY_INCOMPLETE),  # misheard: "on my pad"
    ("en", "she opened her brother's", LIKELY_INCOMPLETE),
    ("en", "call me if you", INCOMPLETE),
    ("en", "can you", INCOMPLETE),
    ("en", "please remove", LIKELY_INCOMPLETE),
    ("en", "tell me what you mean", STATEMENT),
    ("en", "how much do you", INCOMPLETE),
    ("en", "how much do you need", QUESTION),
    ("en", "what are you looking at", QUESTION),
    ("en", "what color is", INCOMPLETE),
    ("en", "what color is it", QUESTION),
    ("en", "can you tell me what color it is", QUESTION),
    ("en", "Let's go", COMPLETE),
    ("en", "we moved here in spring", STATEMENT),
    ("en", "We moved here in spring.", SENTENCE),
    ("en", "what is it for", QUESTION),
    ("en", "how old are you", QUESTION),
    ("en", "have you ever seen snow", QUESTION),
    ("en", "You have a dog?", QUESTION),
    ("en", "Okay.", COMPLETE),
    ("en", "bring me the bill please", COMPLETE),
    ("en", "no thank you", COMPLETE),
    ("en", "could you please", INCOMPLETE),
    ("en", "could you please wait", QUESTION),
    ("en", "how are you today", COMPLETE),
    ("de", "könnten Sie bitte", INCOMPLETE),
    ("fr", "pouvez-vous m'aider s'il vous plaît", COMPLETE),
    ("de", "ich suche eine", INCOMPLETE),
    ("de", "das war weil", INCOMPLETE),
    ("de", "also ähm", INCOMPLETE),
    ("de", "mach die Lampe an", AMBIGUOUS),
    ("de", "ruf mich an wenn du", INCOMPLETE),
    ("de", "nach dem Essen", FRAGMENT),
    ("de", "Moment mal", INCOMPLETE),
    ("fr", "attendez", INCOMPLETE),
    ("es", "un segundo", INCOMPLETE),
    ("de", "wo liegt eigentlich Bremen", QUESTION),
    ("de", "einen Kaffee mit Milch bitte", COMPLETE),
    ("de", "vielen Dank", COMPLETE),
    ("fr", "je cherche une", INCOMPLETE),
    ("fr", "c'est parce que", INCOMPLETE),
    ("fr", "où habite votre sœur", QUESTION),
    ("fr", "une table pour deux s'il vous plaît", COMPLETE),
    ("es", "busco una", INCOMPLETE),
    ("es", "voy a", INCOMPLETE),
    ("es", "dónde vive tu hermana", QUESTION),
    ("es", "la cuenta por favor", COMPLETE),
    ("fi", "minä asun Turussa", STATEMENT),
    ("zh-CN", "\u4f60\u597d\u3002", SENTENCE),
    ("ja", "\u4eca\u65e5\u306f\u3001", INCOMPLETE),
    ("ar", "\u0643\u064a\u0641 \u062d\u0627\u0644\u0643\u061f", QUESTION),
    ("en", "\U0001f600", INCOMPLETE),
    ("hi", "हिन्दी में", FRAGMENT),
    ("hi", "मुझे हिन्दी में", STATEMENT),
    ("de", "ich möchte u\u0308ber", completeness("ich möchte über", "de")),
    ("en", "who\u02bcs", INCOMPLETE),
]


@pytest.mark.parametrize(("language", "text", "expected"), TABLE)
def test_how_complete_words_are(language: str, text: str, expected: Completeness) -> None:
    assert completeness(text, language) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("it is four one five", INCOMPLETE),
        ("it is 415", INCOMPLETE),
        ("415 555 26 71", STATEMENT),
        ("four one five five five two six seven", AMBIGUOUS),
        ("I have none to give you", STATEMENT),
    ],
)
def test_a_phone_number_in_progress_is_waited_for(text: str, expected: Completeness) -> None:
    assert completeness(text, "en-US", "What is your phone number?") is expected


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("it was the ninth of August", "What is your date of birth?", INCOMPLETE),
        ("the ninth of August nineteen seventy", "What is your date of birth?", STATEMENT),
        ("9 August 1970", "When were you born?", STATEMENT),
        ("forty-two", "Your address, please?", INCOMPLETE),
        ("forty-two Harbour Street in", "Your address, please?", INCOMPLETE),
        ("forty-two Harbour Street in Cork", "Your address, please?", STATEMENT),
    ],
)
def test_a_date_and_an_address_in_progress_are_waited_for(
    text: str, asked: str, expected: Completeness
) -> None:
    assert completeness(text, "en-US", asked) is expected


@pytest.mark.parametrize(
    ("text", "part"),
    [("Helsinki", FRAGMENT), ("at the station", FRAGMENT), ("because I was late", INCOMPLETE)],
)
def test_part_of_a_sentence_answers_a_question(text: str, part: Completeness) -> None:
    assert completeness(text, "en-US", "I see.") is part
    assert completeness(text, "en-US", "I see. Where, and why?") is STATEMENT


def test_a_subordinate_clause_answers_only_when_and_why() -> None:
    assert completeness("when it rains", "en-US", "When do you ride the bus?") is STATEMENT
    assert completeness("when it rains", "en-US", "How can I help?") is INCOMPLETE


def test_digits_that_were_not_asked_for_are_ordinary_words() -> None:
    assert completeness("I have two", "en-US", "How many cats do you have?") is not INCOMPLETE


def wait(text: str, *, settled: bool = True, pauses: tuple[float, ...] = ()) -> float:
    turn = TurnSoFar(text, settled, "en-US", earliest=0.3, latest=1.6, pauses=pauses)
    return asyncio.run(TranscriptDetector(TranscriptOptions()).wait(turn))


def test_the_more_complete_the_words_the_shorter_the_wait() -> None:
    texts = ["thank you", "how old are you", "we moved here in spring", "switch it on", "Helsinki", "and"]
    waits = [wait(text) for text in texts]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (0.3, 1.6)


def test_the_wait_is_a_little_longer_while_words_may_change() -> None:
    assert wait("how old are you") < wait("how old are you", settled=False) <= 1.6


def test_a_user_with_long_pauses_is_waited_for_unless_the_words_are_complete() -> None:
    slow = (1.0, 1.1, 0.9)
    assert wait("we moved here in spring", pauses=slow) == pytest.approx(1.2)
    assert wait("how old are you", pauses=slow) == wait("how old are you")
    assert wait("we moved here in spring", pauses=(9.0, 9.0)) == 1.6


def test_one_long_pause_is_not_a_habit() -> None:
    assert usual_pause((3.0,)) == 0.0
    assert usual_pause((0.4, 0.6)) == pytest.approx(0.5)
    assert usual_pause((9.0, 0.4, 0.4, 0.5, 0.6, 0.7)) == 0.5  # the latest five


def test_the_end_of_a_long_turn_decides() -> None:
    assert completeness("word " * 2000 + "and", "en-US") is INCOMPLETE


def test_the_silence_detector_always_waits_equally_long() -> None:
    detector = SilenceDetector(SilenceOptions(seconds=0.5))
    turn = TurnSoFar("and", settled=True, language="en-US", earliest=0.3, latest=1.6)
    assert asyncio.run(detector.wait(turn)) == 0.5


def test_a_part_of_a_sentence_answers_a_question_in_any_script() -> None:
    assert completeness("在家", "zh", asked="你在哪里\uff1f") is STATEMENT
    assert completeness("在家", "zh", asked="你在家。") is FRAGMENT
