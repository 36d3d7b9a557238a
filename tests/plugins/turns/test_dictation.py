"""Numbers, dates and addresses: whether more must follow, probably follows, may follow, or nothing.

The waits of the four with the default patience are 3, 1.65, 0.81 and at most 0.41 seconds.
"""

from __future__ import annotations

import pytest

from voicebot import TurnSoFar
from voicebot_turns.completeness import Completeness
from voicebot_turns.last_words import completeness_of

PHONE = "What is your phone number?"
ORDER = "What is your order number?"
BORN = "What is your date of birth?"
ADDRESS = "What is your address?"
EMAIL = "What is your e-mail address?"
TELEFON, TELEPHONE = "Wie ist Ihre Telefonnummer?", "Quel est votre numéro de téléphone ?"
TELEFONO_ES, TELEFONO = "¿Cuál es su número de teléfono?", "Qual è il suo numero di telefono?"

MUST_GO_ON = [
    ("en", PHONE, "it is four one five"),
    ("en", PHONE, "415"),
    ("en", "Could you tell me your phone number?", "sure, it's 415 555"),
    ("en", "What number can I reach you at?", "oh seven seven double oh"),
    ("en", PHONE, "555 2671 and"),
    ("en", "Would you like to leave a phone number?", "yes it's 415 555"),
    ("de", TELEFON, "null eins fünf eins"),
    ("de", "Können Sie mir Ihre Handynummer sagen?", "ja das ist die 0151"),
    ("fr", TELEPHONE, "zéro six vingt et un"),
    ("es", TELEFONO_ES, "seis uno dos"),
    ("it", TELEFONO, "tre tre tre"),
    ("en", BORN, "it was the ninth of August"),
    ("en", BORN, "August ninth nineteen"),
    ("en", "When were you born?", "nineteen"),
    ("en", "When is your birthday?", "August ninth nineteen"),
    ("en", BORN, "5/6"),
    ("de", "Wann sind Sie geboren?", "am 9. August"),
    ("de", "Wann sind Sie geboren?", "am 9. August neunzehnhundert"),
    ("de", "Wann sind Sie geboren?", "am 9. August zweitausendund"),
    ("fr", "Quelle est votre date de naissance ?", "le neuf août mille neuf cent"),
    ("es", "¿Cuál es su fecha de nacimiento?", "el nueve de agosto de mil novecientos"),
    ("en", ADDRESS, "forty-two"),
    ("en", ADDRESS, "forty-two Harbour Street in"),
    ("en", EMAIL, "john dot"),
    ("en", EMAIL, "john dot smith at"),
    ("de", "Wie lautet Ihre E-Mail-Adresse?", "anna minus"),
    ("fr", "Quelle est votre adresse e-mail ?", "anne arobase"),
]
PROBABLY_GOES_ON = [
    ("en", PHONE, "oh double seven six one two six"),  # a number with its area code has ten digits
    ("de", TELEFON, "0151 23 45"),
    ("de", TELEFON, "null eins fünf eins dreiundzwanzig fünfundvierzig"),
    ("fr", TELEPHONE, "06 12 34 56"),
    ("en", ORDER, "seven two"),
    ("de", "Wie ist Ihre Kundennummer?", "vier sieben"),
    ("en", EMAIL, "john.smith at example"),
    ("en", EMAIL, "john dot smith"),
]
MAY_GO_ON = [
    # Seven digits are a number in one country and part of one in another. Only numbers of seven or eight
    # digits, and numbers that are not known to be so long, are waited for a little.
    ("en", PHONE, "555 2671"),
    ("en", PHONE, "four one five five five two six seven"),
    ("it", TELEFONO, "tre tre tre ventuno trentadue"),
    ("es", TELEFONO_ES, "seis uno dos treinta y cuatro veintiuno"),
    ("en", ORDER, "4711"),
    ("en", ORDER, "seven two four four one nine six eight"),  # and 12 on many cards
    ("de", "Wie ist Ihre Kundennummer?", "vier sieben eins eins null neun drei"),
    ("en", BORN, "June fifth two thousand"),  # and five
    ("en", "When is your birthday?", "the ninth of August"),
    ("de", "Wann haben Sie Geburtstag?", "am 9. August"),
    ("de", "Wie ist Ihre Adresse?", "Hafenstraße"),
    ("de", "Wie ist Ihre Adresse?", "in der Hafenstraße 5"),
    ("es", "¿Cuál es su dirección?", "calle Mayor 15"),
    ("it", "Qual è il suo indirizzo?", "via Garibaldi 10"),
    ("en", ADDRESS, "forty-two Harbour Street"),
    ("en", ADDRESS, "42 Harbour Street, apartment 5"),
]
ENDS = [
    ("en", PHONE, "415 555 26 71"),
    ("en", PHONE, "four one five five five five two six seven one"),
    ("en", PHONE, "oh seven seven double oh nine double oh one two three"),
    ("en", PHONE, "+44 7700 900123"),
    ("en", PHONE, "I have none"),
    ("en", PHONE, "I don't have one."),
    ("de", TELEFON, "0151 23 45 67 89"),
    ("de", TELEFON, "030 1234567"),
    ("fr", TELEPHONE, "06 12 34 56 78"),
    ("fr", TELEPHONE, "zéro six douze trente-quatre cinquante-six soixante-dix-huit"),
    ("es", TELEFONO_ES, "612 345 678"),
    ("it", TELEFONO, "333 123 45 67"),
    ("en", "Is your order number 4711?", "that's right, 4 7 1 1"),
    ("en", "I have 4711 as your order number. Is that right?", "yes, 4711"),
    ("en", "Your order number is four seven one one. Is that correct?", "no, four seven one two"),
    ("en", "Is this the right phone number?", "yes the one that ends in 71"),
    ("de", "Ist Ihre Kundennummer 4711?", "genau, 4 7 1 1"),
    ("de", "Stimmt die Telefonnummer?", "ja, hinten mit 71"),
    ("fr", "C'est bien le numéro 4711 ?", "oui, 4711"),
    ("es", "¿Es su número 4711?", "sí, 4711"),
    ("en", "What is your room number?", "412."),
    ("en", "Guess a number between one and ten.", "I say seven"),
    ("de", "Welche Zimmernummer haben Sie?", "412"),
    ("de", "Um wie viel Uhr sollen wir an Ihre Adresse kommen?", "um drei"),
    ("en", "When should we come to your address?", "at three"),
    ("en", "How many guests will come?", "seven"),
    ("en", "What time suits you?", "half past nine"),
    ("en", BORN, "the ninth of August nineteen seventy"),
    ("en", BORN, "Nineteen eighty five."),
    ("en", BORN, "nineteen eighty-five"),
    ("en", BORN, "5/6/85"),
    ("en", BORN, "June fifth eighty five"),
    ("en", BORN, "five six eighty-five"),
    ("en", BORN, "the fifth of June two thousand and five"),
    ("en", "When were you born?", "9 August 1970"),
    ("de", "Wann sind Sie geboren?", "am neunten August neunzehnhundertfünfundachtzig"),
    ("de", "Wann sind Sie geboren?", "5.6.85"),
    ("de", "Wann sind Sie geboren?", "am fünften sechsten fünfundachtzig"),
    ("en", BORN, "the 5th of the 6th 85"),
    ("fr", "Quelle est votre date de naissance ?", "le neuf août mille neuf cent soixante-dix"),
    ("fr", "Quelle est votre date de naissance ?", "le 9 août 1970"),
    ("es", "¿Cuál es su fecha de nacimiento?", "nueve de agosto de mil novecientos ochenta y cinco"),
    ("es", "¿Cuál es su fecha de nacimiento?", "9 de agosto de 1970"),
    ("it", "Qual è la sua data di nascita?", "il nove agosto millenovecentosettanta"),
    ("en", ADDRESS, "London"),
    ("en", ADDRESS, "forty-two Harbour Street in Cork"),
    ("en", ADDRESS, "42 Harbour Street Cork"),
    ("en", ADDRESS, "12 Main Street, Springfield 90210"),
    ("de", "Wie ist Ihre Adresse?", "Hafenstraße 5 in Köln"),
    ("de", "Wo wohnen Sie?", "in Köln"),
    ("de", "Wie ist Ihre Adresse?", "Hafenstraße 5, 50667 Köln"),
    ("fr", "Quelle est votre adresse ?", "12 rue de la Paix à Paris"),
    ("en", EMAIL, "john@example.com"),
    ("en", EMAIL, "john dot smith at example dot com"),
    ("en", EMAIL, "I don't have one"),
    ("en", EMAIL, "look at my account"),
    ("en", EMAIL, "smith42@example.co.uk."),
    ("de", "Wie lautet Ihre E-Mail-Adresse?", "anna at beispiel Punkt de"),
    ("fr", "Quelle est votre adresse e-mail ?", "anne arobase exemple point fr"),
]
OVER = {Completeness.COMPLETE, Completeness.QUESTION, Completeness.SENTENCE, Completeness.STATEMENT}
CLASSES = {
    **{case: {Completeness.INCOMPLETE} for case in MUST_GO_ON},
    **{case: {Completeness.FRAGMENT} for case in PROBABLY_GOES_ON},
    **{case: {Completeness.AMBIGUOUS} for case in MAY_GO_ON},
    **dict.fromkeys(ENDS, OVER),
}


@pytest.mark.parametrize(("case", "expected"), CLASSES.items(), ids=map(" | ".join, CLASSES))
def test_what_is_dictated_is_awaited(case: tuple[str, str, str], expected: set[Completeness]) -> None:
    tag, asked, text = case
    turn = TurnSoFar(text, settled=True, language=tag, earliest=0.3, latest=3.0, asked=asked)

    assert completeness_of(turn) in expected


def test_what_was_not_asked_for_is_not_dictated() -> None:
    turn = TurnSoFar(
        "four one five", settled=True, language="en", earliest=0.3, latest=3.0, asked="Which bus?"
    )

    assert completeness_of(turn) in OVER
