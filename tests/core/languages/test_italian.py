"""Italian, as an example of how a language is tested: each part of its file changes what a bot does."""

from __future__ import annotations

import pytest

from voicebot import Settings
from voicebot.engine.hearing.echo.word_detector import WordEchoDetector
from voicebot.engine.rules_from_settings import patience_after
from voicebot.engine.text.backchannel import is_backchannel
from voicebot.engine.text.farewell import is_farewell
from voicebot.engine.text.sentences.cutter import SentenceCutter
from voicebot.engine.turns.rules import PatienceBounds


@pytest.mark.parametrize("text", ["Sì, sì.", "Ah, capito!", "Va bene, perfetto.", "Hai ragione", "Eh già…"])
def test_a_backchannel_leaves_the_bot_the_turn(text: str) -> None:
    assert is_backchannel(text)


@pytest.mark.parametrize("text", ["no", "aspetta", "sì, ma", "basta così", "che ora è", "bello il mare"])
def test_an_answer_or_a_command_does_not(text: str) -> None:
    assert not is_backchannel(text)


@pytest.mark.parametrize(
    "text",
    [
        "Arrivederci!",
        "Va bene, grazie del suo aiuto, arrivederci.",
        "Allora ti ringrazio, devo scappare, arrivederci e buona serata",
        "Arrivederci, buon viaggio!",
    ],
)
def test_a_farewell_may_have_courtesies_beside_it(text: str) -> None:
    assert is_farewell(text, ("arrivederci",))


def test_other_words_do_not_make_a_farewell() -> None:
    assert not is_farewell("come si dice arrivederci in francese", ("arrivederci",))


def test_a_command_is_never_an_echo() -> None:
    echo = WordEchoDetector()
    echo.unit_spoken(10.0, "Se vuoi fare una pausa, dimmi basta oppure aspetta.")

    assert echo.is_echo("fare una", 10.3, 11.0)
    assert not echo.is_echo("aspetta", 10.3, 12.0)


@pytest.mark.parametrize(
    ("question", "patience"),
    [
        ("Il tavolo è per due. È corretto?", PatienceBounds(0.2, 2.6)),
        ("Bene, vuoi continuare?", PatienceBounds(0.2, 2.6)),
        ("Mi racconti com'è andata la vacanza?", PatienceBounds(2.0, 3.2)),
        ("Qual è il suo numero di telefono?", PatienceBounds(0.7, 3.2)),
        ("Come sta?", PatienceBounds(0.3, 3.0)),
        ("Qual è il suo indirizzo?", PatienceBounds(0.7, 3.2)),
    ],
)
def test_a_question_says_how_long_to_wait_for_its_answer(question: str, patience: PatienceBounds) -> None:
    assert patience_after(question, Settings()) == patience


@pytest.mark.parametrize(
    "text",
    [
        "Il preg. sig. Conti abita al n. 7.| Bene.",
        "Vedi pagg. 5 e 6, sez. 3.| Poi torna.",
        "Il treno parte dal binario B.| Presto!",
        "L'avv. Bruni e quell'ing. Neri arrivano.| Aspettiamo.",
    ],
)
def test_a_sentence_ends_where_a_listener_expects(text: str) -> None:
    cutter = SentenceCutter(short_first=False)

    units = cutter.push(text.replace("|", "")) + cutter.flush()

    assert units == [unit.strip() for unit in text.split("|")]


def test_the_first_unit_does_not_end_in_an_article() -> None:
    cutter = SentenceCutter()

    assert cutter.push("Il tesoro si trova sotto la sabbia della spiaggia ") == [
        "Il tesoro si trova sotto la sabbia"
    ]
