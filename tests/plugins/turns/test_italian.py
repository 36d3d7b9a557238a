"""How complete Italian words are."""

from __future__ import annotations

import pytest

from voicebot_turns.completeness import Completeness, completeness


@pytest.mark.parametrize(
    "text",
    [
        "vorrei prenotare un tavolo per",
        "ho visto il",
        "allora ehm",
        "un attimo",
        "ho bisogno",
        "non lo compro perché",
        "chiamami quando tu",
        "se torno a casa",
        "io sono",
    ],
)
def test_more_words_must_follow(text: str) -> None:
    assert completeness(text, "it-IT") is Completeness.INCOMPLETE


@pytest.mark.parametrize("text", ["sì grazie", "Non lo so.", "un caffè per favore", "è tutto", "va bene"])
def test_nothing_is_missing(text: str) -> None:
    assert completeness(text, "it-IT") is Completeness.COMPLETE


@pytest.mark.parametrize("text", ["dove abita tua sorella", "che ora è", "puoi dirmi che tempo fa"])
def test_a_question_is_one_without_its_mark(text: str) -> None:
    assert completeness(text, "it-IT") is Completeness.QUESTION


@pytest.mark.parametrize("text", ["prendo anche questo", "la bicicletta è mia", "puoi portarlo su"])
def test_the_last_word_may_end_a_sentence(text: str) -> None:
    assert completeness(text, "it-IT") is Completeness.AMBIGUOUS


@pytest.mark.parametrize("text", ["abitiamo a Roma dal duemila", "il mare era molto bello"])
def test_a_statement_is_one_without_its_full_stop(text: str) -> None:
    assert completeness(text, "it-IT") is Completeness.STATEMENT


@pytest.mark.parametrize("text", ["alla stazione", "Genova"])
def test_part_of_a_sentence_answers_a_question(text: str) -> None:
    assert completeness(text, "it-IT") is Completeness.FRAGMENT
    assert completeness(text, "it-IT", "E dove?") is Completeness.STATEMENT


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("tre tre otto", "Qual è il suo numero di telefono?", Completeness.INCOMPLETE),
        ("tre tre otto uno due tre quattro cinque", "Il suo cellulare?", Completeness.AMBIGUOUS),
        ("il nove agosto", "Qual è la sua data di nascita?", Completeness.INCOMPLETE),
        ("il nove agosto 1970", "Quando è nato?", Completeness.STATEMENT),
        ("venti", "Qual è il suo indirizzo?", Completeness.INCOMPLETE),
        ("via Roma 5 a", "Dove abita?", Completeness.INCOMPLETE),
        ("via Roma 5 a Torino", "Dove abita?", Completeness.STATEMENT),
    ],
)
def test_a_number_and_an_address_in_progress_are_waited_for(
    text: str, asked: str, expected: Completeness
) -> None:
    assert completeness(text, "it-IT", asked) is expected
