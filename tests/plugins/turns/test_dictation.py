"""Numbers, dates and addresses that the bot asked for: whether more must follow, may follow, or nothing."""

from __future__ import annotations

import pytest

from voicebot_turns.completeness import Completeness, completeness

ENDS, MAY_GO_ON, GOES_ON = Completeness.STATEMENT, Completeness.FRAGMENT, Completeness.INCOMPLETE


@pytest.mark.parametrize(
    ("tag", "asked", "text", "expected"),
    [
        ("en", "What is your phone number?", "it is four one five", GOES_ON),
        ("en", "What is your phone number?", "it is 415", GOES_ON),
        ("en", "What is your phone number?", "four one five five five two six seven", MAY_GO_ON),
        ("en", "What is your phone number?", "555-2671.", MAY_GO_ON),
        ("en", "What is your phone number?", "oh double seven six one two six seven", MAY_GO_ON),
        ("en", "What is your phone number?", "415 555 26 71", ENDS),
        ("en", "What is your phone number?", "four one five five five five two six seven one", ENDS),
        ("en", "What is your phone number?", "I have none to give you", ENDS),
        ("en", "What is your order number?", "seven two four", GOES_ON),
        ("en", "What is your order number?", "seven two four four one nine six eight", ENDS),
        ("de", "Wie ist Ihre Telefonnummer?", "null eins fünf eins", GOES_ON),
        ("de", "Wie ist Ihre Telefonnummer?", "null eins fünf eins dreiundzwanzig vierzig", MAY_GO_ON),
        ("de", "Wie ist Ihre Telefonnummer?", "0151 23 40 56 78", ENDS),
        ("de", "Wie ist Ihre Kundennummer?", "vier sieben eins eins null neun drei", ENDS),
        ("fr", "Quel est votre numéro de téléphone ?", "zéro six vingt et un", GOES_ON),
        (
            "fr",
            "Quel est votre numéro de téléphone ?",
            "zéro six douze trente-quatre cinquante-six",
            MAY_GO_ON,
        ),
        ("fr", "Quel est votre numéro de téléphone ?", "06 12 34 56 78", ENDS),
        ("it", "Qual è il suo numero di telefono?", "tre tre tre", GOES_ON),
        ("it", "Qual è il suo numero di telefono?", "tre tre tre ventuno trentadue", MAY_GO_ON),
        ("it", "Qual è il suo numero di telefono?", "333 123 45 67", ENDS),
        ("es", "¿Cuál es su número de teléfono?", "seis uno dos", GOES_ON),
        ("es", "¿Cuál es su número de teléfono?", "seis uno dos treinta y cuatro veintiuno", MAY_GO_ON),
        ("es", "¿Cuál es su número de teléfono?", "612 345 678", ENDS),
    ],
)
def test_a_phone_number_may_go_on_until_it_has_an_area_code(
    tag: str, asked: str, text: str, expected: Completeness
) -> None:
    assert completeness(text, tag, asked) is expected


@pytest.mark.parametrize(
    ("tag", "asked", "text", "expected"),
    [
        ("en", "What is your date of birth?", "it was the ninth of August", GOES_ON),
        ("en", "What is your date of birth?", "August ninth nineteen", GOES_ON),
        ("en", "What is your date of birth?", "twelve August two thousand and", GOES_ON),
        ("en", "What is your date of birth?", "the ninth of August nineteen seventy", ENDS),
        ("en", "When were you born?", "9 August 1970", ENDS),
        ("en", "Which date suits you?", "May ninth nineteen", MAY_GO_ON),
        ("de", "Wann sind Sie geboren?", "am neunten August neunzehnhundert", GOES_ON),
        ("de", "Wann sind Sie geboren?", "am neunten August neunzehnhundertsiebzig", ENDS),
        ("fr", "Quelle est votre date de naissance ?", "le neuf août mille neuf cent", GOES_ON),
        ("fr", "Quelle est votre date de naissance ?", "le 9 août 1970", ENDS),
        ("it", "Qual è la sua data di nascita?", "il nove agosto millenovecento", GOES_ON),
        ("it", "Qual è la sua data di nascita?", "il nove agosto millenovecentosettanta", ENDS),
        ("es", "¿Cuál es su fecha de nacimiento?", "el nueve de agosto de mil novecientos", GOES_ON),
        ("es", "¿Cuál es su fecha de nacimiento?", "9 de agosto de 1970", ENDS),
        ("es", "¿Cuál es su fecha de nacimiento?", "nueve de agosto de mil novecientos setenta", ENDS),
        ("fr", "Quelle est votre date de naissance ?", "le neuf août mille neuf cent soixante-dix", ENDS),
    ],
)
def test_a_year_follows_its_century(tag: str, asked: str, text: str, expected: Completeness) -> None:
    assert completeness(text, tag, asked) is expected


@pytest.mark.parametrize(
    ("tag", "asked", "text", "expected"),
    [
        ("en", "Your address, please?", "forty-two", GOES_ON),
        ("en", "Your address, please?", "forty-two Harbour Street", MAY_GO_ON),
        ("en", "Your address, please?", "it's number forty-two Harbour Street", MAY_GO_ON),
        ("en", "Your address, please?", "Harbour Street forty-two", MAY_GO_ON),
        ("en", "Your address, please?", "forty-two Harbour Street in", GOES_ON),
        ("en", "Your address, please?", "forty-two Harbour Street in Cork", ENDS),
        ("en", "Your address, please?", "42 Harbour Street Cork", ENDS),
        ("de", "Wie ist Ihre Adresse?", "Hafenstraße", MAY_GO_ON),
        ("de", "Wie ist Ihre Adresse?", "in der Hafenstraße 5", MAY_GO_ON),
        ("de", "Wie ist Ihre Adresse?", "Hafenstraße 5 50667 Köln", ENDS),
        ("fr", "Quelle est votre adresse ?", "12 rue de la Paix", MAY_GO_ON),
        ("fr", "Quelle est votre adresse ?", "12 rue de la Paix Paris", ENDS),
        ("it", "Qual è il suo indirizzo?", "via Garibaldi 10", MAY_GO_ON),
        ("it", "Qual è il suo indirizzo?", "via Garibaldi 10 Torino", ENDS),
        ("es", "¿Cuál es su dirección?", "calle Mayor 15", MAY_GO_ON),
        ("es", "¿Cuál es su dirección?", "calle Mayor 15 Madrid", ENDS),
    ],
)
def test_a_town_follows_street_and_number(tag: str, asked: str, text: str, expected: Completeness) -> None:
    assert completeness(text, tag, asked) is expected
