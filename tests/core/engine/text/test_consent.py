"""Reading the answer to a confirmation question: transcripts of four languages in `consent`, by kind."""

from __future__ import annotations

import tomllib
from itertools import product
from pathlib import Path

import pytest

from voicebot.engine.text.consent import read_consent
from voicebot.languages.known import known_languages, language_for

LANGUAGES = ("de", "en", "es", "fr")
QUESTION = "Shall I cancel the book order of Anna for Monday?"


def transcripts(language: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the question, and how each answer is to be read."""
    path = Path(__file__).parent / "consent" / f"{language}.toml"
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    question = content.pop("question")
    return question, [(kind, line) for kind, lines in content.items() for line in lines.strip().splitlines()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_are_read_as_yes_as_no_or_as_neither(language: str) -> None:
    question, answers = transcripts(language)
    assert [(read_consent(text, language, question), text) for _, text in answers] == answers


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_the_question_its_repetition_is_unclear(language: str) -> None:
    question, answers = transcripts(language)
    changed = {
        text: read_consent(text, language) for kind, text in answers if read_consent(text, language) != kind
    }
    assert changed
    assert set(changed.values()) == {"unclear"}
    assert all(read_consent(text, language, question) == "yes" for text in changed)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("yes, cancel it", "yes"),
        ("yes, for Monday please", "yes"),
        ("yes, cancel the book order of Anna for Monday", "yes"),
        ("yes, the book order of Anna for Monday", "yes"),
        ("yes, book it", "unclear"),  # "book" is a noun in the question
        ("yes, order it", "unclear"),
        ("yes, Monday", "unclear"),  # one word may be anything
        ("yes, the order of Anna", "unclear"),
        ("yes, for Anna", "unclear"),
        ("yes, for Tuesday", "unclear"),
        ("for Monday", "unclear"),
        ("for Monday, yes", "unclear"),
        ("no, for Monday", "no"),
    ],
)
def test_only_the_end_of_the_question_may_be_repeated_after_a_yes(text: str, reading: str) -> None:
    assert read_consent(text, "en-US", QUESTION) == reading


@pytest.mark.parametrize("text", ["no", "yes or no", "yes no", "or no", "yes, or no"])
def test_a_no_that_the_question_offers_is_not_part_of_a_yes(text: str) -> None:
    assert read_consent(text, "en", "Shall I cancel it, yes or no?") != "yes"


@pytest.mark.parametrize("text", ["", " ", "...", "?", "¿", "👍", "\x00", "12"])
@pytest.mark.parametrize("language", ["en", "de-AT", "eo", ""])
def test_what_has_no_words_is_unclear(text: str, language: str) -> None:
    assert read_consent(text, language, "Shall I order 12?") == "unclear"


@pytest.mark.parametrize(
    ("language", "yes", "no"),
    [
        ("en-GB", "Yes!", "No!"),
        ("de_AT", "Ja.", "Nein."),
        ("it", "Sì, grazie.", "No, grazie."),
        ("pt-BR", "Sim, por favor.", "Não, obrigado."),
        ("nl", "Ja, graag.", "Nee, dank je."),
        ("pl", "Tak.", "Nie teraz."),
        ("tr", "EVET", "HAYIR"),
        ("el", "Ναι.", "Όχι."),
        ("ru", "Да!", "Нет, спасибо."),
        ("ar", "نعم", "لا شكرا"),
        ("he", "כן", "לא"),
        ("hi", "हाँ", "नहीं"),
        ("ja", "はい。", "いいえ、違います。"),
        ("ko", "네", "아니요"),
        ("zh-CN", "好的。", "不用了。"),
        ("th", "ใช่", "ไม่ใช่"),
    ],
)
def test_the_bare_words_of_other_languages_are_known(language: str, yes: str, no: str) -> None:
    assert (read_consent(yes, language), read_consent(no, language)) == ("yes", "no")
    assert read_consent(f"{no} {yes}", language) == "unclear"
    assert read_consent(yes.strip(".!。") + "?", language) == "unclear"


SPOKEN = [tag for tag, language in known_languages().items() if language.consent.assents]


@pytest.mark.parametrize("tag", SPOKEN)
def test_each_phrase_of_a_language_is_read_as_what_it_is_listed_for(tag: str) -> None:
    consent = language_for(tag).consent
    assert {phrase for phrase in consent.assents if read_consent(phrase, tag) != "yes"} == set()
    assert {phrase for phrase in consent.refusals if read_consent(phrase, tag) != "no"} == set()
    beside = (*consent.undecided, *consent.openers, *consent.courtesies, *consent.pronouns)
    assert {phrase for phrase in beside if read_consent(phrase, tag) != "unclear"} == set()


@pytest.mark.parametrize("tag", SPOKEN)
def test_a_yes_and_a_no_together_are_unclear(tag: str) -> None:
    consent = language_for(tag).consent
    pairs = list(product(consent.assents[::7], consent.refusals[::7]))
    read = [(read_consent(f"{yes}, {no}", tag), read_consent(f"{no}. {yes}", tag)) for yes, no in pairs]
    assert [pair for pair, readings in zip(pairs, read, strict=True) if "yes" in readings] == []


def test_a_yes_of_another_language_is_unclear() -> None:
    assert read_consent("yes", "eo") == "unclear"
    assert read_consent("tak", "en") == "unclear"
